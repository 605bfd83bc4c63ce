package dev.calotype.train;

import dev.calotype.tensor.Scope;
import java.util.function.LongToDoubleFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** A moving average of all weights. */
final class Ema implements AutoCloseable {
    private final String name;
    private final LongToDoubleFunction keeps;
    private final Tensor average;

    private Ema(String name, LongToDoubleFunction keeps, FlatParameters parameters) {
        this.name = name;
        this.keeps = keeps;
        average = parameters.copy();
    }

    /**
     * An exponential one. The decay rises to its value as (1 + t)/(10 + t), so that the average of a short training is not its random
     * start.
     */
    static Ema exponential(double decay, FlatParameters parameters) {
        if (!(decay >= 0 && decay < 1)) throw new IllegalArgumentException("ema decay must be in [0, 1): " + decay);
        return new Ema("ema/" + decay, step -> Math.min(decay, (1.0 + step) / (10.0 + step)), parameters);
    }

    /** One with a {@link PowerProfile}, whose length grows with the training. */
    static Ema power(double length, FlatParameters parameters) {
        double exponent = PowerProfile.exponent(length);
        return new Ema("power/" + length, step -> Math.pow(1 - 1.0 / step, exponent + 1), parameters);
    }

    /** Such as {@code ema/0.999} or {@code power/0.05}. */
    String name() {
        return name;
    }

    Tensor average() {
        return average;
    }

    /** Moves a stretch of the average towards that of {@code weights}, which were those of the updates {@code first} to {@code last}. */
    void update(Tensor weights, FlatParameters.Stretch stretch, long first, long last) {
        double all = 1;
        for (long step = first; step <= last; step++) all *= keeps.applyAsDouble(step);
        double kept = all;
        Scope.read(() -> stretch.of(average).lerp_(stretch.of(weights), new Scalar(1 - kept)));
    }

    @Override
    public void close() {
        average.close();
    }
}
