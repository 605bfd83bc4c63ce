package dev.calotype.run;

import dev.calotype.collective.Distributed;
import dev.calotype.collective.Ranks;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Task;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.Claim;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Placement;
import dev.calotype.train.StepReport;
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

    /** What the order to {@link #follow} a training is called. */
    public static final String ORDER = "train";

    private static final Path NO_RUN = Path.of(""); // yet

    private Training() {}

    /**
     * Trains in a new directory under {@code runs}, on the calling thread, which also calls the observer. If that thread is interrupted,
     * the training saves itself and stops, as where the observer asks for it, and the thread stays interrupted.
     *
     * @throws IOException if the data cannot be read, or the run cannot be written
     * @throws IllegalArgumentException if the data, the device or what is to be drawn does not go with the experiment; nothing
     *     is written then
     * @throws dev.calotype.train.DivergenceException if the training becomes infinite; the run is kept
     */
    public static Outcome start(Experiment experiment, Path runs, TrainingObserver observer) throws IOException {
        return start(experiment, runs, observer, Ranks.ALONE);
    }

    /**
     * {@link #start} as rank 0 of several processes; the others {@link #follow}.
     *
     * @throws dev.calotype.collective.LostRanksException if another one is lost; what was learned until then is saved
     */
    public static Outcome start(Experiment experiment, Path runs, TrainingObserver observer, Ranks ranks)
            throws IOException {
        experiment.requireTrainable();
        Preflight preflight = new Preflight();
        preflight.settings(experiment);
        Placement placement = experiment.training().placement();
        try (ImageDataset data = open(experiment, NO_RUN)) {
            Experiment resolved = settled(experiment.withData(data));
            preflight.judging(resolved);
            requireShares(resolved, ranks.world());
            requireShared(resolved, data, ranks.world());
            Prepared prepared = Prepared.of(new Participant(resolved, placement, data, ranks), NO_RUN);
            RunDirectory run = RunDirectory.create(runs, experiment.name());
            try (Claim claim = run.claim()) {
                return new Session(run, prepared, observer).begin();
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
        return resume(run, overrides, observer, Ranks.ALONE);
    }

    /** {@link #resume} as rank 0 of several processes; the others {@link #follow}. */
    public static Outcome resume(RunDirectory run, List<String> overrides, TrainingObserver observer, Ranks ranks)
            throws IOException {
        try (Claim claim = run.claim()) {
            return goOn(run, overrides, observer, ranks);
        }
    }

    private static Outcome goOn(RunDirectory run, List<String> overrides, TrainingObserver observer, Ranks ranks)
            throws IOException {
        Experiment experiment = changed(run, overrides);
        if (!overrides.isEmpty()) new Preflight().settings(experiment);
        Placement placement = experiment.training().placement();
        try (ImageDataset data = open(experiment, run.root())) {
            experiment.withData(data);
            requireShared(experiment, data, ranks.world());
            Prepared prepared = Prepared.of(new Participant(experiment, placement, data, ranks), run.root());
            return new Session(RunDirectory.at(run.root()), prepared, observer).train();
        }
    }

    /** Told of what a process does that follows another one. */
    public interface Following {
        /** It knows what is trained, and where. */
        default void started(Experiment experiment, Placement placement) {}

        /** A step was made by all. */
        default void step(StepReport report) {}
    }

    /**
     * How it ended.
     *
     * @param step steps made, earlier sessions included
     * @param own those in which this process took part
     * @param weightsHash as in {@link Outcome}; empty where nothing was left to train
     */
    public record Followed(long step, long own, String weightsHash) {}

    /**
     * Takes part in a training that rank 0 has begun or goes on with: what is trained comes from there, the data set and a base model
     * are read here. Nothing is written.
     *
     * @param recipe the text of the order
     * @param overrides what is otherwise on this machine, {@code data.source} or {@code training.device}
     * @throws IOException if the data cannot be read
     * @throws dev.calotype.collective.LostRanksException if rank 0 or another one is lost
     */
    public static Followed follow(Ranks ranks, String recipe, List<String> overrides, Following observer)
            throws IOException {
        Experiment experiment = Recipe.parse(recipe, overrides);
        Placement placement = experiment.training().placement();
        try (ImageDataset data = open(experiment, NO_RUN)) {
            experiment.withData(data);
            observer.started(experiment, placement);
            Policy policy = Prepared.policy(experiment, MemoryPlan.of(experiment, data));
            return follow(
                    new Participant(experiment, placement, data, ranks),
                    Kinds.of(experiment).task(experiment, policy, data, NO_RUN),
                    observer);
        }
    }

    private static <N extends Module> Followed follow(Participant participant, Task<N> task, Following observer)
            throws IOException {
        return new FollowingRun<>(participant, task).run(observer);
    }

    /**
     * Refuses what several processes cannot train together, before they meet.
     *
     * @throws IllegalArgumentException with the reason
     * @throws IOException if the data set cannot be read
     */
    public static void requireShared(Experiment experiment, int world) throws IOException {
        try (ImageDataset data = open(experiment, NO_RUN)) {
            Experiment resolved = experiment.withData(data);
            requireShares(resolved, world);
            requireShared(resolved, data, world);
        }
    }

    /** Refuses a batch of which the share of a process is too small for its workers, its parts or what is mixed. */
    private static void requireShares(Experiment experiment, int world) {
        int batch = experiment.training().batch();
        if (world == 1 || batch % world != 0) return;
        try {
            Experiment own = Recipe.with(experiment, List.of("training.batch=" + batch / world));
            own.requireTrainable();
            own.training().requireUse();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "each of " + world + " processes has " + batch / world + " samples of a batch: " + e.getMessage(),
                    e);
        }
    }

    private static void requireShared(Experiment experiment, ImageDataset data, int world) {
        int batch = experiment.training().batch();
        if (world > 1 && batch % world != 0)
            throw new IllegalArgumentException(
                    "training.batch must be a multiple of the " + world + " processes: " + batch);
        boolean plain = experiment.training().distributed().method() == Distributed.Method.DATA_PARALLEL;
        if (world == 1 && plain) return;
        Optional<String> alone = Kinds.of(experiment)
                .task(experiment, Policy.NEVER, data, NO_RUN)
                .alone();
        if (alone.isEmpty()) return;
        throw new IllegalArgumentException(
                plain
                        ? experiment.name() + " cannot be trained by " + world + " processes: " + alone.get()
                        : "training.distributed.method must be data-parallel for " + experiment.name() + ": "
                                + alone.get());
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
            new Preflight().check(experiment, run.root());
        }
        return experiment;
    }

    /**
     * Trains in the directory of a claim, from the start or from where it was left: for callers that may be killed at any
     * moment and call again.
     */
    public static Outcome startOrResume(Experiment experiment, Claim claim, TrainingObserver observer)
            throws IOException {
        return startOrResume(experiment, claim, observer, Ranks.ALONE);
    }

    /** {@link #startOrResume} as rank 0 of several processes; the others {@link #follow}. */
    public static Outcome startOrResume(Experiment experiment, Claim claim, TrainingObserver observer, Ranks ranks)
            throws IOException {
        Path root = claim.folder();
        if (Files.exists(new RunDirectory(root).experimentFile()))
            return goOn(RunDirectory.open(root), List.of(), observer, ranks);
        experiment.requireTrainable();
        new Preflight().settings(experiment);
        Placement placement = experiment.training().placement();
        try (ImageDataset data = open(experiment, NO_RUN)) {
            Experiment resolved = settled(experiment.withData(data));
            requireShares(resolved, ranks.world());
            requireShared(resolved, data, ranks.world());
            Prepared prepared = Prepared.of(new Participant(resolved, placement, data, ranks), root);
            return new Session(RunDirectory.at(root), prepared, observer).begin();
        }
    }

    /** An experiment that knows which weights it begins with. */
    private static Experiment settled(Experiment experiment) throws IOException {
        if (!experiment.training().tune().used() || Kinds.of(experiment).readsBase()) return experiment;
        Base base = Base.of(experiment, Path.of(""));
        base.require(experiment);
        String hash = base.averages().sha256();
        return Recipe.with(experiment, List.of("training.tune.hash=" + hash));
    }

    private static ImageDataset open(Experiment experiment, Path run) throws IOException {
        ImageDataset opened = TunedData.open(experiment);
        try {
            return Kinds.of(experiment).learnable(experiment, opened, run);
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private record Session(RunDirectory run, Prepared prepared, TrainingObserver observer) {
        /** Trains from the start. */
        Outcome begin() throws IOException {
            AtomicFile.write(
                    run.experimentFile(), Recipe.write(prepared.participant().experiment()));
            return train();
        }

        Outcome train() throws IOException {
            prepared.plan().ifPresent(observer::planned);
            return train(prepared.task());
        }

        private <N extends Module> Outcome train(Task<N> task) throws IOException {
            prepared.participant().tell();
            return new TrainingRun<>(prepared.participant(), run, task).run(observer);
        }
    }
}
