package dev.calotype.run;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainingSettings.RecomputeChoice;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.Claim;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Module;

/** Trains what a recipe describes, from the start or from where a run was left. */
public final class Training {
    /**
     * How a training ended.
     *
     * @param step steps made, earlier sessions included
     * @param seconds of training, earlier sessions included
     * @param imagesPerSecond of this session; 0 if it made no step
     * @param loss smoothed, at the end; of a session without a step, the last one recorded
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

    /**
     * Trains in a new directory under {@code runs}, on the calling thread, which also calls the observer.
     *
     * @throws IOException if the data cannot be read, or the run cannot be written
     * @throws IllegalArgumentException if the data, the device or what is to be drawn does not go with the experiment; nothing
     *     is written then
     * @throws dev.calotype.train.DivergenceException if the training becomes infinite; the run is kept
     */
    public static Outcome start(Experiment experiment, Path runs, TrainingObserver observer) throws IOException {
        experiment.requireTrainable();
        Preflight preflight = new Preflight();
        preflight.settings(experiment);
        Placement placement = experiment.training().placement();
        try (ImageDataset data = open(experiment)) {
            Experiment resolved = settled(experiment.withData(data));
            preflight.judging(resolved);
            Optional<MemoryPlan> plan = MemoryPlan.of(resolved);
            RunDirectory run = RunDirectory.create(runs, experiment.name());
            try (Claim claim = run.claim()) {
                return new Session(run, placement, data, plan, observer).begin(resolved);
            }
        }
    }

    /**
     * Goes on from the last checkpoint of {@code run}, as if it had never stopped: bit for bit on the same machine with
     * the same workers, if the length is given in steps. A cosine decay over minutes follows the clock instead. A run
     * that has reached its end is left as it is, unless the overrides lead on.
     *
     * @param overrides values of the recipe that are to be others from here on, such as {@code training.steps=500}; they
     *     are kept in {@code experiment.yaml}, and the changes in {@code changes.jsonl}
     * @throws IOException if another process trains the run
     * @throws IllegalArgumentException if a value cannot be changed any more, or nothing is left to train with it
     */
    public static Outcome resume(RunDirectory run, List<String> overrides, TrainingObserver observer)
            throws IOException {
        try (Claim claim = run.claim()) {
            return goOn(run, overrides, observer);
        }
    }

    private static Outcome goOn(RunDirectory run, List<String> overrides, TrainingObserver observer)
            throws IOException {
        Experiment experiment = changed(run, overrides);
        if (!overrides.isEmpty()) new Preflight().settings(experiment);
        Placement placement = experiment.training().placement();
        try (ImageDataset data = open(experiment)) {
            experiment.withData(data);
            Optional<MemoryPlan> plan = MemoryPlan.of(experiment);
            return new Session(RunDirectory.at(run.root()), placement, data, plan, observer).train(experiment);
        }
    }

    /**
     * What {@code run} would go on with.
     *
     * @throws IllegalArgumentException if one of the {@code overrides} cannot be changed any more
     * @throws IOException if what they name anew cannot be opened
     */
    public static Experiment changed(RunDirectory run, List<String> overrides) throws IOException {
        Experiment experiment = Recipe.read(run.experimentFile(), overrides);
        List<Change> changes = Change.between(run.experiment(), experiment);
        for (Change change : changes) change.check(run);
        if (changes.stream().anyMatch(Change::concernsMoreThanTraining)) {
            experiment.requireTrainable();
            new Preflight().check(experiment);
        }
        return experiment;
    }

    /**
     * Trains in the directory of a claim, from the start or from where it was left: for callers that may be killed at any
     * moment and call again.
     */
    public static Outcome startOrResume(Experiment experiment, Claim claim, TrainingObserver observer)
            throws IOException {
        Path root = claim.folder();
        if (Files.exists(new RunDirectory(root).experimentFile()))
            return goOn(RunDirectory.open(root), List.of(), observer);
        experiment.requireTrainable();
        new Preflight().settings(experiment);
        Placement placement = experiment.training().placement();
        try (ImageDataset data = open(experiment)) {
            Experiment resolved = settled(experiment.withData(data));
            Optional<MemoryPlan> plan = MemoryPlan.of(resolved);
            return new Session(RunDirectory.at(root), placement, data, plan, observer).begin(resolved);
        }
    }

    /** An experiment that knows which weights it begins with. */
    private static Experiment settled(Experiment experiment) throws IOException {
        if (!experiment.training().tune().used()) return experiment;
        Base base = Base.of(experiment, Path.of(""));
        base.require(experiment);
        String hash = base.averages().sha256();
        return Recipe.parse(Recipe.write(experiment), List.of("training.tune.hash=" + hash));
    }

    private static ImageDataset open(Experiment experiment) throws IOException {
        ImageDataset opened = TunedData.open(experiment);
        try {
            return Kinds.of(experiment).learnable(experiment, opened);
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private record Session(
            RunDirectory run,
            Placement placement,
            ImageDataset data,
            Optional<MemoryPlan> plan,
            TrainingObserver observer) {
        /** Trains from the start. */
        Outcome begin(Experiment experiment) throws IOException {
            AtomicFile.write(run.experimentFile(), Recipe.write(experiment));
            return train(experiment);
        }

        Outcome train(Experiment experiment) throws IOException {
            plan.ifPresent(observer::planned);
            Policy asked = experiment.training().recompute() == RecomputeChoice.ALWAYS ? Policy.ALWAYS : Policy.NEVER;
            Policy policy = plan.map(MemoryPlan::policy).orElse(asked);
            return train(experiment, Kinds.of(experiment).task(experiment, policy, data));
        }

        private <N extends Module> Outcome train(Experiment experiment, Task<N> task) throws IOException {
            return new TrainingRun<>(experiment, run, placement, task, data).run(observer);
        }
    }
}
