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

    /** {@link #average(String)} of the exponential average with this decay. */
    default Map<String, Tensor> average(double decay) {
        return average("ema/" + decay);
    }

    /**
     * The weights of an average, by name, as views that change with training.
     *
     * @param name {@code ema/DECAY} or {@code power/LENGTH}, as its group in a checkpoint
     * @throws IllegalArgumentException if none is kept
     */
    Map<String, Tensor> average(String name);

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
