package dev.calotype.examples;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.run.TrainingStatus;
import dev.calotype.tensor.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Trains a small diffusion model on bedrooms that are drawn on the fly, and watches. For pictures of your own say
 * {@code data.source=FOLDER}; every key of a recipe may be overridden.
 */
public final class TrainWithObserver {
    /** What differs from the defaults. {@code docs/recipes.md} has every key. */
    private static final String RECIPE =
            """
            name: example
            data: {source: "rooms:train", size: 32}
            network: {channels: 32, multipliers: [1, 2, 4], blocks: 1, attention: [4], headChannels: 32}
            process: {parameterization: velocity}
            training: {minutes: 1, batch: 32, learningRate: 0.0015, warmup: 50, ema: [0.98]}
            """;

    private TrainWithObserver() {}

    /** Arguments: the folder for runs, then {@code key=value} for keys of the recipe. */
    public static void main(String[] arguments) throws IOException {
        Engine.load(0);
        System.out.println(train(Path.of(arguments[0]), Arrays.asList(arguments).subList(1, arguments.length)));
    }

    /** Trains in a new directory under {@code runs}. */
    static RunDirectory train(Path runs, List<String> overrides) throws IOException {
        Experiment experiment = Recipe.parse(RECIPE, overrides);
        return Training.start(experiment, runs, new Printing()).run();
    }

    /** Is called by the thread that trains, and so must not take long. */
    private static final class Printing implements TrainingObserver {
        @Override
        public void step(TrainingStatus status) {
            if (status.report().step() % 50 != 0) return;
            System.out.printf(
                    Locale.ROOT,
                    "step %d, loss %.4f, %.0f seconds left%n",
                    status.report().step(),
                    status.loss(),
                    status.secondsLeft());
        }

        @Override
        public void saved(Path checkpoint, double validation) {
            System.out.printf(Locale.ROOT, "%s: validation loss %.4f%n", checkpoint, validation);
        }

        @Override
        public boolean stopRequested() {
            return Thread.currentThread().isInterrupted(); // then it is saved, and Training.resume goes on
        }
    }
}
