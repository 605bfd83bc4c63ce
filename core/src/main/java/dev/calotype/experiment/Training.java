package dev.calotype.experiment;

import dev.calotype.data.ImageDataset;
import dev.calotype.io.AtomicFile;
import dev.calotype.nn.Recomputation.Policy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

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
            Experiment resolved = experiment instanceof DiffusionExperiment diffusion
                    ? diffusion.withClasses(data.classes())
                    : experiment;
            Optional<MemoryPlan> plan = MemoryPlan.of(resolved);
            RunDirectory run = RunDirectory.create(runs, experiment.name());
            AtomicFile.write(run.experimentFile(), Recipe.write(resolved));
            plan.ifPresent(observer::planned);
            return train(resolved, run, data, plan, observer);
        }
    }

    /**
     * Goes on from the last checkpoint of {@code run}, as if it had never stopped: bit for bit on the same machine with
     * the same workers, if the length is given in steps. A cosine decay over minutes follows the clock instead.
     */
    public static Outcome resume(RunDirectory run, TrainingObserver observer) throws IOException {
        Experiment experiment = run.experiment();
        try (ImageDataset data = open(experiment)) {
            Optional<MemoryPlan> plan = MemoryPlan.of(experiment);
            plan.ifPresent(observer::planned);
            return train(experiment, run, data, plan, observer);
        }
    }

    private static ImageDataset open(Experiment experiment) throws IOException {
        DataSettings data = experiment.data();
        return DataSets.open(data.source(), data.size(), data.channels(), data.labels());
    }

    private static Outcome train(
            Experiment experiment,
            RunDirectory run,
            ImageDataset data,
            Optional<MemoryPlan> plan,
            TrainingObserver observer)
            throws IOException {
        if (experiment instanceof DiffusionExperiment diffusion) {
            Policy policy = plan.map(MemoryPlan::policy).orElse(Policy.NEVER);
            return new TrainingRun<>(diffusion, run, new DiffusionTask(diffusion, policy, data), data).run(observer);
        }
        JudgeExperiment judge = (JudgeExperiment) experiment;
        return new TrainingRun<>(judge, run, new JudgeTask(judge, data), data).run(observer);
    }
}
