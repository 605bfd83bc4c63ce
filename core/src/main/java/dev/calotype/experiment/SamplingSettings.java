package dev.calotype.experiment;

import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.sampling.Ancestral;
import dev.calotype.sampling.Ddim;
import dev.calotype.sampling.DpmSolver;
import dev.calotype.sampling.Heun;
import dev.calotype.sampling.Sampler;
import dev.calotype.settings.Check;

/**
 * How images are drawn from a trained model.
 *
 * @param steps levels that the sampler visits, at least 1 (of the solvers 2) and at most those of the process
 * @param eta fresh noise of DDIM: 0 none, 1 as much as ancestral sampling
 * @param guidance weight of classifier-free guidance; 1 for none
 */
public record SamplingSettings(Method method, int steps, double eta, double guidance) {
    /** Of models that have no steps to choose. */
    public static final SamplingSettings AT_ONCE = new SamplingSettings(Method.DDIM, 1, 0, 1);

    /** The samplers by the names that recipes use. */
    public enum Method {
        ANCESTRAL,
        DDIM,
        /** DPM-Solver++(2M). */
        DPM_SOLVER,
        /** Heun's method on the grid of EDM; two calls per step. */
        HEUN
    }

    public SamplingSettings {
        Check.range("steps", steps, 1, 100_000);
        Check.range("eta", eta, 0, 1);
        Check.range("guidance", guidance, 0, 100);
    }

    /** The sampler for a process. */
    public Sampler sampler(GaussianDiffusion process) {
        NoiseSchedule schedule = process.schedule();
        Check.range("the sampler's steps", steps, 1, schedule.steps());
        return switch (method) {
            case ANCESTRAL -> new Ancestral(schedule.respaced(steps), process.variance());
            case DDIM -> new Ddim(schedule.respaced(steps), eta);
            case DPM_SOLVER -> new DpmSolver(schedule, steps);
            case HEUN -> new Heun(schedule, steps);
        };
    }
}
