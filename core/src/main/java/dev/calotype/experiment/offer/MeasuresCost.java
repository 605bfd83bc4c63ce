package dev.calotype.experiment.offer;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.MemoryEstimate;
import java.util.function.IntFunction;

/**
 * A kind whose work can be measured on this machine before anything is trained.
 *
 * @param <E> its settings
 */
public interface MeasuresCost<E extends Experiment> extends Kind<E> {
    /**
     * A piece of work.
     *
     * @param expected of the memory, before anything is made
     * @param measured what so many repetitions cost, at least 1
     */
    record Work(MemoryEstimate expected, IntFunction<Cost> measured) {}

    /** A training step on random images, without its data, checkpoints and validation. */
    Work step(E experiment);

    /** The drawing of so many images at once, as the experiment samples. */
    Work sampling(E experiment, int images);

    /**
     * The kind of an experiment.
     *
     * @throws IllegalArgumentException if the kind does not measure costs
     */
    static <E extends Experiment> MeasuresCost<E> of(E experiment) {
        if (Kinds.of(experiment) instanceof MeasuresCost<E> kind) return kind;
        throw new IllegalArgumentException(
                "the costs of the kind " + Kinds.of(experiment).name() + " are not measured");
    }
}
