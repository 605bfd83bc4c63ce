package dev.calotype.kind.diffusion;

import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import dev.calotype.sampling.Multistep;
import dev.calotype.sampling.Sampler;
import dev.calotype.sampling.UniPc;
import dev.calotype.sampling.Walk;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import java.util.List;

/**
 * The noise levels that a sampler visits in so many steps of a model, for which they were searched.
 *
 * @param method dpm-solver or uni-pc
 * @param sigmas noise over signal at each step, falling
 */
record OptimizedSteps(Method method, List<Double> sigmas) {
    private static final double LARGEST = 1e6;

    OptimizedSteps {
        require(method);
        sigmas = List.copyOf(sigmas);
        Check.range("steps of sampling.optimized", sigmas.size(), 2, 100_000);
        double before = LARGEST;
        for (double sigma : sigmas) {
            Check.that(
                    sigma > 0 && sigma < before,
                    "sigmas of sampling.optimized must fall, above 0 and below 1000000",
                    sigmas);
            before = sigma;
        }
    }

    /** Refuses methods whose steps are not searched: those of first order are better off with trailing ones. */
    static void require(Method method) {
        Check.that(
                method == Method.DPM_SOLVER || method == Method.UNI_PC,
                "steps can be optimized of the samplers dpm-solver and uni-pc",
                Kebab.of(method));
    }

    boolean isOf(Method wanted, int steps) {
        return method == wanted && sigmas.size() == steps;
    }

    /** The sampler that visits these levels. */
    Sampler sampler(NoiseSchedule schedule) {
        Walk walk = Walk.at(schedule, sigmas);
        return method == Method.UNI_PC ? new UniPc(walk) : new Multistep(walk, Multistep.Equation.FLOW);
    }

    /** As a recipe has it. */
    @Override
    public String toString() {
        return "{method: " + Kebab.of(method) + ", sigmas: " + sigmas + "}";
    }
}
