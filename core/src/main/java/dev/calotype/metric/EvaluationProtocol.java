package dev.calotype.metric;

import dev.calotype.model.FeatureNetwork;
import java.util.Locale;

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
        /** Score them and say so in {@link Comparison#caveats()}: for trying things out. */
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

    /**
     * Refuses sets that are too small for any score, before anybody has drawn them.
     *
     * @throws IllegalArgumentException with the reason
     */
    public void requireEnough(long real, long fake) {
        int minimum = minimum();
        if (Math.min(real, fake) < minimum)
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%d real and %d generated pictures are too few: below %d the scores are noise%s",
                    real,
                    fake,
                    minimum,
                    smallSets == SmallSets.REFUSE ? " (`smallSets` scores them all the same)" : ""));
    }

    /**
     * Refuses sets with fewer pictures than the network has features, whose covariances the FID cannot use; unless small
     * sets are allowed.
     *
     * @throws IllegalArgumentException with the reason
     */
    public void requireRank(FeatureNetwork network, long real, long fake) {
        if (smallSets == SmallSets.REFUSE && Math.min(real, fake) < network.dimensions())
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%d real and %d generated pictures are too few for a FID of %s: below its %d features covariances"
                            + " lack rank (kid needs fewer; `smallSets` scores them all the same)",
                    real,
                    fake,
                    network.name(),
                    network.dimensions()));
    }

    private int minimum() {
        return Math.max(smallSets == SmallSets.REFUSE ? MINIMUM : 3, neighbours + 1);
    }

    /** How many pictures a set must have for a FID of a network: what is refused for want of rank has fewer. */
    public long least(FeatureNetwork network) {
        return smallSets == SmallSets.REFUSE ? Math.max(minimum(), network.dimensions()) : minimum();
    }

    /** The same with another rule for small sets. */
    public EvaluationProtocol with(SmallSets rule) {
        return new EvaluationProtocol(neighbours, capacity, seed, rule);
    }
}
