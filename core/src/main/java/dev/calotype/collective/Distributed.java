package dev.calotype.collective;

import dev.calotype.settings.Check;

/**
 * How several processes share a training.
 *
 * @param every steps from one averaging of weights to the next, 1..1,000,000; 1 but for {@link Method#DILOCO}
 * @param outerLearningRate what share of their mean movement the weights take at an averaging, above 0, at most 2; 1 but for {@link Method#DILOCO}
 * @param outerMomentum of Nesterov's kind, in [0, 1); 0 but for {@link Method#DILOCO}
 */
public record Distributed(Method method, int every, double outerLearningRate, double outerMomentum) {
    /** What they tell each other. */
    public enum Method {
        /** The gradients of every step. */
        DATA_PARALLEL,
        /**
         * The same, but each process keeps the state of the optimizer, the fp32 weights and the averages of its part of the weights alone (ZeRO stage 1; Rajbhandari
         * et al. 2020).
         */
        ZERO_1,
        /** Nothing for {@code every} steps; then the mean of where each has come by itself is the gradient of an outer step (DiLoCo; Douillard et al. 2023). */
        DILOCO
    }

    /** Gradients of every step. */
    public static final Distributed PLAIN = new Distributed(Method.DATA_PARALLEL, 1, 1, 0);

    public Distributed {
        Check.range("every", every, 1, 1_000_000);
        Check.that(
                outerLearningRate > 0 && outerLearningRate <= 2,
                "outerLearningRate must be above 0 and at most 2",
                outerLearningRate);
        Check.that(outerMomentum >= 0 && outerMomentum < 1, "outerMomentum must be in [0, 1)", outerMomentum);
        if (method != Method.DILOCO) {
            Check.that(every == 1, "every must be 1 where method is not diloco", every);
            Check.that(
                    outerLearningRate == 1,
                    "outerLearningRate must be 1 where method is not diloco",
                    outerLearningRate);
            Check.that(outerMomentum == 0, "outerMomentum must be 0 where method is not diloco", outerMomentum);
        }
    }

    /** Whether the processes learn by themselves in between. */
    public boolean apart() {
        return method == Method.DILOCO;
    }

    /** Whether each process keeps a part of the optimizer's state. */
    public boolean sharded() {
        return method == Method.ZERO_1;
    }
}
