package dev.calotype.train;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A training step whose whole state can be taken out and put back: a training that stops can go on exactly. */
public interface Learner extends TrainingStep, AutoCloseable {
    /** The number of updates made. */
    long steps();

    /** The number of weights. */
    long parameterCount();

    /** The weights as trained, by name, as views that change with training. */
    Map<String, Tensor> weights();

    /**
     * The weights of the average with this decay, by name, as views that change with training.
     *
     * @throws IllegalArgumentException if none is kept
     */
    Map<String, Tensor> average(double decay);

    /** All that the next steps depend on, by name, as views; with {@link #steps} it is what {@link #restore} wants. */
    Map<String, Tensor> state();

    /**
     * Goes on from a saved state.
     *
     * @throws IllegalArgumentException if a tensor is missing or has another shape
     */
    void restore(Map<String, Tensor> state, long stepsMade);

    @Override
    void close();
}
