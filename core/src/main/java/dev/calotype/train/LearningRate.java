package dev.calotype.train;

/**
 * A learning rate over the course of training: a linear warm-up, then constant, or a half cosine or a line to zero.
 *
 * @param peak the highest rate, in (0, 10]
 * @param warmup steps to reach it
 */
public record LearningRate(double peak, long warmup, Decay decay) {
    /** What follows the warm-up. */
    public enum Decay {
        CONSTANT,
        COSINE,
        LINEAR
    }

    public LearningRate {
        if (!(peak > 0 && peak <= 10)) throw new IllegalArgumentException("learningRate must be in (0, 10]: " + peak);
        if (warmup < 0) throw new IllegalArgumentException("warmup must be at least 0: " + warmup);
    }

    /**
     * The rate of a step.
     *
     * @param step counted from 1
     * @param progress the share of the training that is done, 0..1
     */
    public double at(long step, double progress) {
        double ramp = Math.min(1, step / (warmup + 1.0));
        return peak
                * ramp
                * switch (decay) {
                    case CONSTANT -> 1;
                    case COSINE -> 0.5 * (1 + Math.cos(Math.PI * progress));
                    case LINEAR -> 1 - progress;
                };
    }
}
