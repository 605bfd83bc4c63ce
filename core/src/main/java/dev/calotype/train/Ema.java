package dev.calotype.train;

import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * An exponential moving average of all weights. The decay rises to its value as (1 + t)/(10 + t), so that the average
 * of a short training is not its random start.
 */
final class Ema implements AutoCloseable {
    private final double decay;
    private final Tensor average;

    Ema(double decay, FlatParameters parameters) {
        if (!(decay >= 0 && decay < 1)) throw new IllegalArgumentException("ema decay must be in [0, 1): " + decay);
        this.decay = decay;
        average = Scope.keep(() -> parameters.master().clone());
    }

    double decay() {
        return decay;
    }

    Tensor average() {
        return average;
    }

    /** Moves a stretch of the average towards that of {@code weights} after update number {@code step}. */
    void update(Tensor weights, FlatParameters.Stretch stretch, long step) {
        double now = Math.min(decay, (1.0 + step) / (10.0 + step));
        Scope.read(() -> stretch.of(average).lerp_(stretch.of(weights), new Scalar(1 - now)));
    }

    @Override
    public void close() {
        average.close();
    }
}
