package dev.calotype.kind.diffusion;

import dev.calotype.kind.diffusion.SamplingSettings.Method;
import dev.calotype.sampling.StepSearch.Order;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import java.util.List;

/**
 * The noise levels that a sampler visits in so many steps of a model, for which they were searched.
 *
 * @param method ddim, euler, dpm-solver or uni-pc
 * @param sigmas noise over signal at each step, falling
 */
record OptimizedSteps(Method method, List<Double> sigmas) {
    private static final double LARGEST = 1e6;

    OptimizedSteps {
        order(method);
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

    /** What steps of a method are made of. */
    static Order order(Method method) {
        return switch (method) {
            case DDIM, EULER -> Order.FIRST;
            case DPM_SOLVER, UNI_PC -> Order.SECOND;
            default ->
                throw new IllegalArgumentException(
                        "steps can be optimized of the samplers ddim, euler, dpm-solver and uni-pc: "
                                + Kebab.of(method));
        };
    }

    boolean isOf(Method wanted, int steps) {
        return method == wanted && sigmas.size() == steps;
    }

    /** As a recipe has it. */
    @Override
    public String toString() {
        return "{method: " + Kebab.of(method) + ", sigmas: " + sigmas + "}";
    }
}
