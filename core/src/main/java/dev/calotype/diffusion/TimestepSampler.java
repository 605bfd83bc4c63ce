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

    /**
     * Steps whose noise/signal is log-normal (Karras et al. 2022, table 1: mean −1.2, deviation 1.2; rectified flow with
     * logit-normal times, Esser et al. 2024: 0 and 1). It says where the network is to learn most: the weights are 1.
     *
     * @param mean of log σ
     * @param deviation of log σ, positive
     */
    static TimestepSampler logNormal(NoiseSchedule schedule, double mean, double deviation) {
        return new LogNormal(schedule, mean, deviation);
    }

    /** {@link #logNormal}. */
    record LogNormal(NoiseSchedule schedule, double mean, double deviation) implements TimestepSampler {
        public LogNormal {
            if (!Double.isFinite(mean)) throw new IllegalArgumentException("mean must be finite: " + mean);
            if (!(deviation > 0 && deviation < Double.POSITIVE_INFINITY))
                throw new IllegalArgumentException("deviation must be positive and finite: " + deviation);
        }

        @Override
        public Draw draw(int count, Rng rng) {
            int[] t = new int[count];
            for (int i = 0; i < count; i++)
                t[i] = (int) Math.round(schedule.stepAt(Math.exp(mean + deviation * normal(rng))));
            double[] ones = new double[count];
            Arrays.fill(ones, 1);
            return new Draw(t, ones);
        }

        /** A standard normal number (Box &amp; Muller 1958). */
        private static double normal(Rng rng) {
            return Math.sqrt(-2 * Math.log(1 - rng.nextDouble())) * Math.cos(2 * Math.PI * rng.nextDouble());
        }
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
