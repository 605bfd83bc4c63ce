package dev.calotype.app;

import dev.calotype.drawing.Gallery;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.io.Progress;
import dev.calotype.io.TemporaryFolder;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.TrainedFile;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.run.TrainingStatus;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * How fast this machine is at an experiment and what it takes of its memory, from a rehearsal of a few steps and pictures that is thrown
 * away.
 *
 * @param learned images per second of training
 * @param drawn images per second of sampling
 * @param begun seconds until the first step is made
 * @param training the memory of a training; absent on a GPU, whose memory is its own
 * @param drawing that of drawing the images of a grid at once
 */
record Forecast(
        double learned,
        double drawn,
        double begun,
        Optional<MemoryEstimate> training,
        Optional<MemoryEstimate> drawing) {
    private static final int STEPS = 5;
    private static final int WARM = 2; // steps after which the engine is nearly as fast as it will be
    private static final int PICTURES = 16;
    private static final int ON_THE_WAY = 200; // pictures whose drawing takes as long as all checkpoints and columns
    private static final double BESIDES = 8; // seconds of judging and reporting

    /** Rehearses in a folder of its own, which is removed. */
    static Forecast of(Experiment experiment) throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.create("calotype-rehearsal-")) {
            Clock clock = new Clock(experiment.training().batch());
            long before = System.nanoTime();
            Experiment rehearsed = Recipe.parse(
                    Recipe.write(experiment),
                    List.of("training.steps=" + STEPS, "training.minutes=0", "training.checkpointSeconds=1000"));
            RunDirectory run = Training.start(rehearsed, folder.path(), clock).run();
            try (DrawsImages model = TrainedFile.open(
                    run.root(), Capability.DRAWS_IMAGES, rehearsed.training().placement())) {
                long begun = System.nanoTime();
                new Gallery(model, Progress.SILENT).images(0, PICTURES);
                double drawn = PICTURES / ((System.nanoTime() - begun) * 1e-9);
                var request = new Request(model.experiment().sampling(), 0, Request.ANY);
                return new Forecast(
                        clock.learned(),
                        drawn,
                        (clock.first - before) * 1e-9,
                        clock.memory,
                        model.memory(request, QuickstartCommand.GRID));
            }
        }
    }

    /** Times the steps that are not the first. */
    private static final class Clock implements TrainingObserver {
        private final int batch;
        private Optional<MemoryEstimate> memory = Optional.empty();
        private long first;
        private long begun;
        private long steps;
        private long last;

        Clock(int batch) {
            this.batch = batch;
        }

        @Override
        public void planned(MemoryPlan plan) {
            memory = Optional.of(plan.estimate());
        }

        @Override
        public void step(TrainingStatus status) {
            last = System.nanoTime();
            if (steps == 0) first = last;
            if (++steps == WARM) begun = last;
        }

        double learned() {
            return batch * (steps - WARM) / ((last - begun) * 1e-9);
        }
    }

    /** The seconds that drawing {@code pictures} and judging them will take after the training. */
    double after(int pictures) {
        return (pictures + ON_THE_WAY) / drawn + BESIDES;
    }

    /** The images that a training will see; it ends by its minutes or its steps. */
    long seen(TrainingSettings training) {
        return Math.round(Math.min(
                training.minutes() > 0 ? learned * 60 * training.minutes() : Double.MAX_VALUE,
                training.steps() > 0 ? (double) training.steps() * training.batch() : Double.MAX_VALUE));
    }

    /** The minutes of training that leave room for {@code pictures} within so many minutes in all: at least half of those meant. */
    double minutes(double meant, double within, int pictures) {
        double left = within - after(pictures) / 60;
        return Math.round(10 * Math.max(meant / 2, Math.min(meant, left))) / 10.0;
    }
}
