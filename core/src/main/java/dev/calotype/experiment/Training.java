package dev.calotype.experiment;

import dev.calotype.data.ImageDataset;
import dev.calotype.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Trains what a recipe describes, from the start or from where a run was left. */
public final class Training {
    /**
     * How a training ended.
     *
     * @param step steps made, earlier sessions included
     * @param seconds of training, earlier sessions included
     * @param imagesPerSecond of this session; 0 if it made no step
     * @param loss smoothed, at the end
     * @param weightsHash SHA-256 of the weights: equal for equal trainings
     * @param finished false if it was stopped before its end
     */
    public record Outcome(
            RunDirectory run,
            long step,
            double seconds,
            double imagesPerSecond,
            double loss,
            String weightsHash,
            boolean finished) {}

    private Training() {}

    /** Trains in a new directory under {@code runs}. */
    public static Outcome start(Experiment experiment, Path runs, TrainingObserver observer) throws IOException {
        try (ImageDataset data = open(experiment)) {
            Experiment resolved = resolved(experiment, data);
            return begin(resolved, RunDirectory.create(runs, experiment.name()), data, observer);
        }
    }

    /**
     * Goes on from the last checkpoint of {@code run}, as if it had never stopped: bit for bit on the same machine with
     * the same workers, if the length is given in steps. A cosine decay over minutes follows the clock instead.
     */
    public static Outcome resume(RunDirectory run, TrainingObserver observer) throws IOException {
        Experiment experiment = run.experiment();
        try (ImageDataset data = open(experiment)) {
            return train(experiment, run, data, observer);
        }
    }

    /**
     * Trains in the directory {@code root}, from the start or from where it was left: for callers that may be killed at
     * any moment and call again.
     */
    public static Outcome startOrResume(Experiment experiment, Path root, TrainingObserver observer)
            throws IOException {
        if (Files.exists(new RunDirectory(root).experimentFile())) return resume(RunDirectory.open(root), observer);
        try (ImageDataset data = open(experiment)) {
            Experiment resolved = resolved(experiment, data);
            return begin(resolved, RunDirectory.at(root), data, observer);
        }
    }

    private static Experiment resolved(Experiment experiment, ImageDataset data) {
        return experiment instanceof DiffusionExperiment diffusion ? diffusion.withClasses(data.classes()) : experiment;
    }

    private static Outcome begin(Experiment experiment, RunDirectory run, ImageDataset data, TrainingObserver observer)
            throws IOException {
        AtomicFile.write(run.experimentFile(), Recipe.write(experiment));
        return train(experiment, run, data, observer);
    }

    private static ImageDataset open(Experiment experiment) throws IOException {
        DataSettings data = experiment.data();
        return DataSets.open(data.source(), data.size(), data.channels(), data.labels());
    }

    private static Outcome train(Experiment experiment, RunDirectory run, ImageDataset data, TrainingObserver observer)
            throws IOException {
        if (experiment instanceof DiffusionExperiment diffusion)
            return new TrainingRun<>(diffusion, run, new DiffusionTask(diffusion, data), data).run(observer);
        JudgeExperiment judge = (JudgeExperiment) experiment;
        return new TrainingRun<>(judge, run, new JudgeTask(judge, data), data).run(observer);
    }
}
