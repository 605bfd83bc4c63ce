package dev.calotype.experiment;

import dev.calotype.data.ImageDataset;
import dev.calotype.settings.Check;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Everything that a training run depends on, as a tree of values: what stands in a recipe and in a checkpoint. */
public interface Experiment {
    /** Names the run directory: letters, digits, '-', '_' and '.'. */
    String name();

    /** Fixes initial weights, data order and all noise. */
    long seed();

    DataSettings data();

    TrainingSettings training();

    /** The names behind the labels that its model is told, or tells; empty where there are none, or they are not known yet. */
    default List<String> classes() {
        return List.of();
    }

    /** The same experiment as one whose result draws images, if that is so. */
    default Optional<GenerativeExperiment> generative() {
        return Optional.empty();
    }

    /**
     * The experiment with the classes of the data set that it turned out to have.
     *
     * @throws IllegalArgumentException if they do not suit it
     */
    default Experiment withClasses(List<String> classes) {
        return this;
    }

    /**
     * The experiment with all that it turned out to need of its data set, before it is written down.
     *
     * @param data what is learned from, borrowed
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it does not suit
     */
    default Experiment withData(ImageDataset data) throws IOException {
        return withClasses(data.classes());
    }

    /**
     * Refuses what can be opened, as an older version may have left it, but is not to be trained.
     *
     * @throws IllegalArgumentException or RecipeException in one sentence with the way out
     */
    default void requireTrainable() {}

    /** Throws IllegalArgumentException if {@code name} cannot name a run directory. */
    static void requireName(String name) {
        Check.that(
                Pattern.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name),
                "name must be letters, digits, '-', '_' and '.', at most 100 of them",
                name);
    }
}
