package dev.calotype.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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

    /** Whether this process knows all of {@link #state} by itself, and not with the help of the others, who {@link #assist}. */
    default boolean isWhole() {
        return true;
    }

    /** What is to be said of a process for which the others wait, once of each. */
    default Optional<String> straggler() {
        return Optional.empty();
    }

    /** What rank 0 asks for is this and more where it wants help, and less where it does not. */
    int ASSIST = 2;

    /** Gives rank 0, which has asked for {@link #ASSIST} and so much more, this process's part of its state. */
    default void assist(int wanted) {
        throw new IllegalStateException("nothing can be asked for: " + wanted);
    }

    /** Gives all processes their parts of what rank 0 was restored from after so many steps; only where the state is not {@link #isWhole whole}. */
    default void spread(Map<String, Tensor> saved, long stepsMade) {
        throw new IllegalStateException("every process has it");
    }

    /**
     * Goes on from a saved state. Of a learner that is not {@link #isWhole whole} each process takes its part.
     *
     * @throws IllegalArgumentException if a tensor is missing or has another shape
     */
    void restore(Map<String, Tensor> state, long stepsMade);

    @Override
    void close();

    /** Tensors of a second player beside those of the first, by their names behind {@code second}. */
    static Map<String, Tensor> beside(Map<String, Tensor> first, String second, Map<String, Tensor> tensors) {
        Map<String, Tensor> both = new LinkedHashMap<>(first);
        tensors.forEach((name, tensor) -> both.put(second + name, tensor));
        return both;
    }

    /** What {@link #beside} put behind {@code second}. */
    static Map<String, Tensor> behind(String second, Map<String, Tensor> both) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        both.forEach((name, tensor) -> {
            if (name.startsWith(second)) tensors.put(name.substring(second.length()), tensor);
        });
        return tensors;
    }
}
