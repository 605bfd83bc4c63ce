package dev.calotype.metric;

/**
 * What must be equal for two evaluations to compare, beside the network and the pictures.
 *
 * @param neighbours k of precision, recall, density and coverage, at least 1
 * @param capacity how many features of each set are held for KID and precision/recall, at least 64; of longer streams a
 *     random sample of this size
 * @param seed of that sample and of the KID subsets
 * @param smallSets what to do with fewer than {@link #MINIMUM} pictures
 */
public record EvaluationProtocol(int neighbours, int capacity, long seed, SmallSets smallSets) {
    /** Below this number of pictures none of the measures says anything. */
    public static final int MINIMUM = 64;

    /** Whether to score sets of fewer than {@link #MINIMUM} pictures. */
    public enum SmallSets {
        /** Throw, with the reason. */
        REFUSE,
        /** Score them and say so in {@link Evaluation#caveats()}: for trying things out. */
        ALLOW
    }

    public EvaluationProtocol {
        if (neighbours < 1) throw new IllegalArgumentException("neighbours must be at least 1: " + neighbours);
        if (capacity < MINIMUM)
            throw new IllegalArgumentException("capacity must be at least " + MINIMUM + ": " + capacity);
    }

    /** 3 neighbours, 10,000 features held of each set, seed 0, small sets refused. */
    public static EvaluationProtocol standard() {
        return new EvaluationProtocol(3, 10_000, 0, SmallSets.REFUSE);
    }

    /** The smallest sets that this protocol scores. */
    long minimum() {
        return smallSets == SmallSets.REFUSE ? Math.max(MINIMUM, neighbours + 1) : Math.max(3, neighbours + 1);
    }
}
