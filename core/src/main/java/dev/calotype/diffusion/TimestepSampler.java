package dev.calotype.diffusion;

import dev.calotype.tensor.Rng;
import java.util.Arrays;

/** Chooses the steps a network is trained on; the weights make the mean loss that of uniform steps. */
public interface TimestepSampler {
    /**
     * What was drawn.
     *
     * @param t a step per sample, in 0..steps-1
     * @param weights 1 / (steps·p(t)): multiply each sample's loss by it
     */
    record Draw(int[] t, double[] weights) {
        /** What was drawn for the samples {@code from} to {@code to - 1}. */
        public Draw slice(int from, int to) {
            return new Draw(Arrays.copyOfRange(t, from, to), Arrays.copyOfRange(weights, from, to));
        }
    }

    /** Steps for {@code count} samples. */
    Draw draw(int count, Rng rng);

    /** Tells the sampler the unweighted losses of samples at steps {@code t}. */
    default void update(int[] t, double[] losses) {}

    /** Every step is as likely; for {@link Loss#SIMPLE} and {@link Loss#HYBRID}. */
    static TimestepSampler uniform(int steps) {
        return new Uniform(steps);
    }

    /** {@link #uniform}. */
    record Uniform(int steps) implements TimestepSampler {
        public Uniform {
            if (steps < 1) throw new IllegalArgumentException("steps must be at least 1: " + steps);
        }

        @Override
        public Draw draw(int count, Rng rng) {
            double[] ones = new double[count];
            Arrays.fill(ones, 1);
            return new Draw(rng.ints(count, 0, steps), ones);
        }
    }
}
