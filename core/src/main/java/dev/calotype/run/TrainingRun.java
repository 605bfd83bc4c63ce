package dev.calotype.run;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.Weights;
import dev.calotype.collective.LostRanksException;
import dev.calotype.data.Batches;
import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.experiment.tune.Start;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.io.Uninterrupted;
import dev.calotype.nn.Inference;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.train.DivergenceException;
import dev.calotype.train.Learner;
import dev.calotype.train.RunningMean;
import dev.calotype.train.StepReport;
import dev.calotype.train.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One training in one run directory: the step, its data, its checkpoints and its statistics. */
final class TrainingRun<N extends Module> {
    private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);
    private static final List<String> LENGTH = List.of("training.steps", "training.minutes");

    private final Experiment experiment;
    private final TrainingSettings settings;
    private final RunDirectory run;
    private final Placement placement;
    private final Participant participant;
    private final Task<N> task;
    private final List<Change> changes;

    TrainingRun(Participant participant, RunDirectory run, Task<N> task) {
        this.participant = participant;
        experiment = participant.experiment();
        settings = experiment.training();
        placement = participant.placement();
        this.run = run;
        this.task = task;
        changes = Change.between(run.experiment(), experiment);
    }

    Training.Outcome run(TrainingObserver observer) throws IOException {
        Device device = placement.device();
        TrainingClock clock = new TrainingClock();
        Task.Setting setting = participant.setting(clock, start());
        try (Scope.Owned<Learner> made = Scope.own(() -> task.learner(setting));
                Scope.Owned<N> averaged = Scope.own(
                        () -> Inference.prepare(device.move(task.network(setting.weights())), placement.precision()));
                Learner step = made.value()) {
            clock.start(restore(step, averaged.value()));
            boolean stalled = settings.stalled(Milestone.read(run.milestonesFile()));
            boolean more = !stalled && settings.progress(step.steps(), clock.seconds()) < 1;
            if (!participant.begin(step, clock, more, this::saved)) return finished(step, clock, observer);
            LOG.info("Computing on {} with {} workers", placement, setting.workers());
            observer.started(run, experiment, placement, step.parameterCount(), step.steps());
            if (!changes.isEmpty()) change(step.steps(), clock.seconds(), observer);
            return train(step, averaged.value(), clock, observer);
        }
    }

    /** What the networks begin with; of a run that goes on with all of its weights its own, so that its base may be gone. */
    private Start start() throws IOException {
        Tuning tuning = settings.tune();
        if (!tuning.used() || Kinds.of(experiment).readsBase()) return Start.FRESH;
        boolean asked = Kinds.of(experiment).asksBase(experiment);
        if (!tuning.keepsBase() && !asked && checkpoints().latest().isPresent()) return Start.FRESH;
        return Base.of(experiment, run.root()).start(tuning, participant.adapters());
    }

    /** Where checkpoints are kept: also those after which the length of the training was changed. */
    private CheckpointFolder checkpoints() throws IOException {
        Set<Long> ends = Change.read(run.changesFile()).stream()
                .filter(change -> LENGTH.contains(change.key()))
                .map(Change::step)
                .collect(Collectors.toSet());
        return new CheckpointFolder(run.checkpoints(), settings.keep(), ends);
    }

    /** A run that has reached its end before this sitting. */
    private Training.Outcome finished(Learner step, TrainingClock clock, TrainingObserver observer) throws IOException {
        TrainingSettings.Limit limit = settings.limit(step.steps(), Milestone.read(run.milestonesFile()));
        if (!changes.isEmpty())
            throw new IllegalArgumentException("nothing is left to train of " + run + ", which has made " + step.steps()
                    + " steps in " + Math.round(clock.seconds()) + " s and ends after " + settings.words(limit)
                    + ": `set` training.steps or training.minutes to more");
        observer.finished(run, experiment, step.steps(), limit);
        List<Statistics> recorded = Statistics.read(run.statisticsFile());
        double loss = recorded.isEmpty()
                ? Double.NaN
                : recorded.get(recorded.size() - 1).loss();
        return new Training.Outcome(run, step.steps(), clock.seconds(), 0, loss, savedHash(step), true);
    }

    /** Of what was restored; the others, who were told that nothing is left, do not help any more. */
    private String savedHash(Learner step) throws IOException {
        if (step.isWhole()) return Scope.read(() -> Digest.of(step.weights()));
        try (PointerScope scope = new PointerScope()) {
            return Digest.of(checkpoints().readLatest().orElseThrow().group("weights"));
        }
    }

    /** Keeps what is changed from here on. */
    private void change(long step, double seconds, TrainingObserver observer) throws IOException {
        Change.keep(changes, run, step, seconds, experiment);
        observer.changed(changes, settings.rate().at(step + 1, settings.progress(step, seconds)));
    }

    private Training.Outcome train(Learner step, N averaged, TrainingClock clock, TrainingObserver observer)
            throws IOException {
        try (Batches batches = participant.batches(step.steps());
                RunRecord record = new RunRecord(run, placement, step.steps(), clock.seconds())) {
            Session session = new Session(step, batches, record, averaged, clock, observer);
            session.play();
            if (session.savedStep < step.steps()) session.save();
            return session.outcome(participant.end(step));
        } catch (DivergenceException e) {
            throw new DivergenceException(e.step(), e.getMessage() + "; " + wayBack());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private String wayBack() throws IOException {
        Optional<Path> latest = checkpoints().latest();
        return latest.map(
                        path -> "the last good state is " + path + "; go on from it with a lower training.learningRate")
                .orElse("there is no checkpoint yet; start again with a lower training.learningRate");
    }

    /** Takes up the last checkpoint, if there is one, and returns the seconds trained before. */
    private double restore(Learner step, N averaged) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Optional<Checkpoint> latest = checkpoints().readLatest();
            long last = latest.map(Checkpoint::step).orElse(0L);
            RunRecord.truncate(run, last);
            Snapshots.of(run).truncate(last);
            if (latest.isEmpty()) return 0;
            Checkpoint checkpoint = latest.get();
            step.restore(checkpoint.tensors(), checkpoint.step());
            task.restore(checkpoint.group("task"));
            new Judgements<>(run, task, settings.ema().get(0)).complete(step, averaged, checkpoint);
            LOG.info("Going on after step {} of {}", checkpoint.step(), run);
            return checkpoint.state().get("seconds");
        }
    }

    /** The tensors of the last checkpoint. */
    private Map<String, Tensor> saved() throws IOException {
        return checkpoints().readLatest().orElseThrow().tensors();
    }

    /** What happens between the steps of one sitting. */
    private final class Session {
        private static final int RECORD_EVERY = 10;
        private static final int COLUMN_EVERY = 20;

        private final Learner step;
        private final Batches batches;
        private final RunRecord record;
        private final N averaged;
        private final TrainingClock clock;
        private final TrainingObserver observer;
        private final double begun;
        private final double doneBefore;
        private final long sat = System.nanoTime(); // checkpoints and judging take time that is no training
        private double saved;
        private long savedStep;
        private final RunningMean loss = new RunningMean();
        private long images;
        private boolean stopped, stalled;
        private double drawn; // the share of the training at which was drawn last
        private long drawnStep;
        private final Snapshots.Keeper snapshots;

        Session(
                Learner step,
                Batches batches,
                RunRecord record,
                N averaged,
                TrainingClock clock,
                TrainingObserver observer) {
            this.step = step;
            this.batches = batches;
            this.record = record;
            this.averaged = averaged;
            this.clock = clock;
            this.observer = observer;
            begun = clock.seconds();
            saved = begun;
            savedStep = step.steps();
            doneBefore = progress();
            drawn = doneBefore;
            drawnStep = step.steps();
            snapshots = Snapshots.of(run).keeper(experiment, doneBefore);
        }

        void afterStep(StepReport report) {
            loss.add(report.loss());
            images += report.images();
            record.add(report);
            try {
                if (report.step() % RECORD_EVERY == 0) record.write(clock.seconds(), batches.waitShare());
                if (step.isSettled()) snapshots.keep(step, progress());
                boolean noticed = notice(task.watch(report, clock.seconds()));
                boolean due = noticed || clock.seconds() - saved >= settings.checkpointSeconds();
                if (due && step.isSettled()) save();
                else if (wantsColumn()) drawColumn();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            observer.step(status(report));
            stopped = observer.stopRequested() || Thread.currentThread().isInterrupted();
        }

        /** Trains until it is enough; what ends the training before stands among the incidents. */
        void play() throws IOException {
            try {
                new Trainer(step, () -> Uninterrupted.get(batches::next), List.of(this::afterStep))
                        .run(report -> participant.agree(step, enough()));
                snapshots.keep(step, progress());
            } catch (DivergenceException e) {
                record.write(clock.seconds(), batches.waitShare());
                String message = e.getMessage() + "; try a lower training.learningRate";
                new Incident(e.step(), clock.seconds(), Incident.Kind.DIVERGENCE, message).append(run.incidentsFile());
                throw e;
            } catch (LostRanksException e) {
                boolean whole = step.isSettled() && step.isWhole(); // the step that was lost changed nothing
                if (whole && savedStep < step.steps()) save();
                throw e.and((savedStep == 0 ? "nothing of " : "step " + savedStep + " of ") + run
                        + " is saved: `resume` goes on with as many processes or others");
            }
        }

        /** Records what goes wrong, the first time that it does. */
        private boolean notice(Optional<Incident> incident) throws IOException {
            if (incident.isEmpty() || !record.write(incident.get())) return false;
            LOG.warn("Step {}: {}", incident.get().step(), incident.get().message());
            observer.noticed(incident.get());
            return true;
        }

        boolean enough() {
            return stopped || stalled || progress() >= 1;
        }

        /** Whether a moment of {@link LearningStrip} has come at which there is something new to see, and nobody waits in a sum meanwhile. */
        private boolean wantsColumn() {
            double now = progress();
            return step.isSettled()
                    && step.steps() - drawnStep >= COLUMN_EVERY
                    && LearningStrip.SHARES.stream().anyMatch(share -> drawn < share && share <= now && share < 1);
        }

        private void drawColumn() throws IOException {
            double seconds = clock.seconds();
            try (PointerScope scope = new PointerScope()) {
                Weights.load(averaged, step.average(settings.ema().get(0)));
                draw();
            }
            clock.start(seconds); // drawing does not shorten the training
        }

        /** Draws what {@link #averaged} can do by now, and returns where it is to be seen. */
        private Path draw() throws IOException {
            Path picture = run.samples().resolve(String.format(Locale.ROOT, "step-%08d.png", step.steps()));
            Uninterrupted.run(() -> task.draw(averaged, picture));
            LearningStrip.draw(run);
            drawn = progress();
            drawnStep = step.steps();
            return picture;
        }

        private double progress() {
            return settings.progress(step.steps(), clock.seconds());
        }

        private double imagesPerSecond() {
            return images / Math.max(1e-9, clock.seconds() - begun);
        }

        private TrainingStatus status(StepReport report) {
            double done = progress();
            double made = done - doneBefore;
            double left = made > 0 ? (System.nanoTime() - sat) * 1e-9 * (1 - done) / made : Double.NaN;
            return new TrainingStatus(report, loss.value(), done, imagesPerSecond(), left, RunRecord.memoryMb());
        }

        /** Writes a checkpoint and draws what the averaged network can do by now. */
        void save() throws IOException {
            saved = clock.seconds();
            notice(participant.straggler(step, saved));
            record.write(saved, batches.waitShare());
            try (PointerScope scope = new PointerScope()) {
                Weights.load(averaged, step.average(settings.ema().get(0)));
                Appraisal appraisal = Uninterrupted.get(() -> task.appraise(averaged));
                double validation = appraisal.validation();
                Map<String, Tensor> tensors = new LinkedHashMap<>(step.state());
                task.state().forEach((name, tensor) -> tensors.put("task/" + name, tensor));
                Map<String, Double> state =
                        Map.of("step", (double) step.steps(), "seconds", saved, "validation", validation);
                Checkpoint checkpoint = new Checkpoint(tensors, Recipe.write(experiment), state);
                Path file = checkpoints().write(checkpoint, record.collapsed() ? Double.NaN : validation);
                record.write(Judgements.milestone(appraisal, step.steps(), saved, validation));
                record.write(step.steps(), draw());
                LOG.info("Wrote {}: loss {}, validation {}", file, loss.value(), validation);
                stalled = settings.stalled(Milestone.read(run.milestonesFile()));
                observer.saved(file, validation);
            }
            savedStep = step.steps();
            clock.start(saved); // judging a model does not shorten its training
        }

        Training.Outcome outcome(String hash) {
            return new Training.Outcome(
                    run,
                    step.steps(),
                    clock.seconds(),
                    imagesPerSecond(),
                    loss.value(),
                    hash,
                    stalled || progress() >= 1);
        }
    }
}
