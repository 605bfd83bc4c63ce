package dev.calotype.train;

import java.util.stream.DoubleStream;

/** A mean of the last steps, of which each counts 0.98 times as much as the one after it: of the first steps it is their own, as Adam's are. */
public final class RunningMean {
    private static final double SMOOTHING = 0.98;

    private double sum;
    private double weight;

    /** Adds the value of a step. */
    public void add(double value) {
        add(value, 1);
    }

    /** Adds a value that stands for so many steps. */
    public void add(double value, int steps) {
        double kept = Math.pow(SMOOTHING, steps);
        sum = kept * sum + (1 - kept) * value;
        weight = kept * weight + (1 - kept);
    }

    /** The mean; NaN before the first step. */
    public double value() {
        return sum / weight;
    }

    /** What it remembers: two numbers that {@link #restore} wants. */
    public DoubleStream state() {
        return DoubleStream.of(sum, weight);
    }

    /** Goes on from {@code state[from]} and the next. */
    public void restore(double[] state, int from) {
        sum = state[from];
        weight = state[from + 1];
    }
}
