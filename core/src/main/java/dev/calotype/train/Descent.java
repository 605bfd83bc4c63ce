package dev.calotype.train;

import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.List;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Fits one network by Adam to a loss that its owner computes, on the calling thread: for what has no batches. Weights
 * and moments are fp32, whatever the network computes in.
 */
public final class Descent implements AutoCloseable {
    private static final double BETA2 = 0.999;

    private final FlatParameters parameters;
    private final FlatParameters.Stretch whole;
    private final AdamW adam;
    private long steps;

    /** Takes over the weights of {@code network}. */
    public Descent(Module network, Precision precision) {
        parameters = new FlatParameters(List.of(network), precision);
        whole = parameters.stretches(1).get(0);
        adam = new AdamW(parameters, 0.9, BETA2, 0);
    }

    /**
     * Differentiates {@code loss}, a scalar, and takes a step down.
     *
     * @return the value of the loss
     * @throws DivergenceException if loss or gradient is not finite; the weights are as they were
     */
    public double step(Tensor loss, double learningRate) {
        loss.backward();
        double value = loss.item_double();
        double norm = Math.sqrt(parameters.collect(whole));
        if (!Double.isFinite(value) || !Double.isFinite(norm)) throw new DivergenceException(steps + 1, value, norm);
        adam.begin(++steps, learningRate);
        adam.update(whole, learningRate);
        parameters.publish(whole);
        return value;
    }

    /** Adds noise of this standard deviation to all weights, as Langevin dynamics do. */
    public void perturb(double deviation, Rng rng) {
        Scope.read(() -> parameters.master().add_(rng.normalLike(parameters.master()), new Scalar(deviation)));
        parameters.publish(whole);
    }

    @Override
    public void close() {
        adam.close();
        parameters.close();
    }
}
