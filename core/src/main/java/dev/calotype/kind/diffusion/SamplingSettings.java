package dev.calotype.kind.diffusion;

import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.experiment.Sampling;
import dev.calotype.sampling.Ancestral;
import dev.calotype.sampling.Ddim;
import dev.calotype.sampling.DpmSolver;
import dev.calotype.sampling.Heun;
import dev.calotype.sampling.Sampler;
import dev.calotype.settings.Check;
import java.util.List;
import java.util.Map;

/**
 * How images are drawn from a trained model.
 *
 * @param steps levels that the sampler visits, at least 1 (of the solvers 2) and at most those of the process
 * @param eta fresh noise of DDIM: 0 none, 1 as much as ancestral sampling
 * @param guidance weight of classifier-free guidance; 1 for none
 */
public record SamplingSettings(Method method, int steps, double eta, double guidance) implements Sampling {
    private static final List<String> NAMES = List.of("sampler", "steps", "eta", "guidance");
    private static final int ANCESTRAL_STEPS = 250;

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

    @Override
    public boolean isDeterministic() {
        return method == Method.DPM_SOLVER || method == Method.HEUN || method == Method.DDIM && eta == 0;
    }

    /**
     * These settings with what somebody asks for.
     *
     * @param asked {@code sampler}, {@code steps}, {@code eta} and {@code guidance}
     * @param most steps of the process
     */
    SamplingSettings with(Map<String, String> asked, int most) {
        for (String name : asked.keySet())
            Check.that(NAMES.contains(name), "of a diffusion model these can be asked for: " + NAMES, name);
        Method wanted = asked.containsKey("sampler") ? method(asked.get("sampler")) : method;
        boolean many = wanted == Method.ANCESTRAL && method != Method.ANCESTRAL; // it wants many more than the others
        return new SamplingSettings(
                wanted,
                asked.containsKey("steps")
                        ? (int) number("steps", asked.get("steps"))
                        : many ? Math.min(ANCESTRAL_STEPS, most) : steps,
                asked.containsKey("eta") ? number("eta", asked.get("eta")) : eta,
                asked.containsKey("guidance") ? number("guidance", asked.get("guidance")) : guidance);
    }

    /** The sampler by one of the names that people know it by. */
    private static Method method(String name) {
        return switch (name) {
            case "ddim" -> Method.DDIM;
            case "dpm++", "dpm-solver" -> Method.DPM_SOLVER;
            case "heun" -> Method.HEUN;
            case "ancestral", "ddpm" -> Method.ANCESTRAL;
            default ->
                throw new IllegalArgumentException("the sampler must be ddim, dpm++, heun or ancestral: " + name);
        };
    }

    private static double number(String name, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a number: " + text, e);
        }
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
