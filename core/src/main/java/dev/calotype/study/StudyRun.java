package dev.calotype.study;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Claim;
import dev.calotype.restoration.Equipment;
import dev.calotype.restore.Degradation;
import dev.calotype.restore.Jury;
import dev.calotype.restore.Observation;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.Restorer.Restored;
import dev.calotype.restore.Watcher;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Makes the trials of a study. What is done is skipped, so that it may be killed at any moment and started again; what
 * failed is tried again. All methods are shown the same degraded pictures.
 *
 * @param listener told what happens, on several threads
 */
public record StudyRun(Study study, StudyDirectory directory, Listener listener) {
    private static final long DEGRADATION = 1, METHOD = 2, JURY = 3; // names of a trial's streams

    /** Follows the trials. */
    public interface Listener {
        /** Tells nobody. */
        Listener SILENT = (result, done, all) -> {};

        /** The work begins; {@code done} of {@code all} trials need no more of it. */
        default void begun(int done, int all) {}

        /**
         * An iteration of a trial is over.
         *
         * @param share of the trial that is done, 0..1, by its iterations or by its seconds
         */
        default void step(Trial trial, int iteration, double share) {}

        /** A trial is over. */
        void finished(TrialResult result, int done, int all);
    }

    /**
     * Runs every trial that is not done, and writes the table.
     *
     * @throws IOException if a picture or weights cannot be read, or another process runs the study
     */
    public StudyTable run() throws IOException, InterruptedException {
        try (Claim claim = directory.claim()) {
            Map<String, TrialResult> results = directory.results();
            List<Trial> trials = study.trials();
            Queue<Trial> open = new ConcurrentLinkedQueue<>(trials);
            open.removeIf(trial ->
                    results.containsKey(trial.id()) && results.get(trial.id()).succeeded());
            AtomicInteger done = new AtomicInteger(trials.size() - open.size());
            listener.begun(done.get(), trials.size());
            int parallel = Math.min(study.plan().parallel(), Math.max(1, open.size()));
            if (study.plan().parallel() == 1) work(open, done, trials.size());
            else sideBySide(parallel, open, done, trials.size());
            StudyTable table = StudyTable.of(study, directory);
            directory.write(table);
            return table;
        }
    }

    /** Several workers with one engine thread each. */
    private void sideBySide(int workers, Queue<Trial> open, AtomicInteger done, int all)
            throws IOException, InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(workers);
        try {
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < workers; i++)
                futures.add(pool.submit(() -> {
                    torch.set_num_threads(1);
                    work(open, done, all);
                    return null;
                }));
            for (Future<?> future : futures) future.get();
        } catch (ExecutionException e) {
            open.clear();
            if (e.getCause() instanceof IOException cause) throw cause;
            if (e.getCause() instanceof RuntimeException cause) throw cause;
            throw new IllegalStateException(e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private void work(Queue<Trial> open, AtomicInteger done, int all) throws IOException {
        try (Equipment equipment = new Equipment(study.equipment(), study.scoring())) {
            for (Trial trial = open.poll(); trial != null; trial = open.poll()) {
                TrialResult result = run(trial, equipment);
                listener.finished(result, done.incrementAndGet(), all);
            }
        }
    }

    private TrialResult run(Trial trial, Equipment equipment) throws IOException {
        Picture picture = trial.picture().picture();
        Rng rng = Rng.of(trial.seed());
        Rng damage = rng.fork(DEGRADATION).fork(trial.picture().name().hashCode());
        try (PointerScope scope = new PointerScope()) {
            Tensor truth = Images.toTensor(picture);
            try (Scorer scorer = new Scorer(study.scoring(), truth, equipment.perceptual())) {
                Observation observation = Degradation.parse(trial.degradation()).observe(truth, damage);
                directory.writeOnce(directory.truth(trial), picture);
                directory.writeOnce(directory.observed(trial), Images.ofTensor(observation.image()));
                return restored(trial, equipment, observation, scorer, rng.fork(METHOD));
            }
        } catch (RuntimeException e) {
            // A night's study goes on without the method that cannot do it, or that the engine has refused.
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            TrialResult result = TrialResult.failed(
                    trial,
                    e instanceof IllegalArgumentException
                            ? reason
                            : e.getClass().getSimpleName() + ": " + reason);
            directory.write(trial, result, null, List.of());
            return result;
        }
    }

    private TrialResult restored(Trial trial, Equipment equipment, Observation observation, Scorer scorer, Rng rng)
            throws IOException {
        Restorer restorer = trial.method().restorer(equipment, observation);
        TruthWatcher watcher = new TruthWatcher(scorer);
        try (Jury jury = new Jury(trial.method().jury(observation), observation, rng.fork(JURY))) {
            long begun = System.nanoTime();
            Watcher told = frame -> listener.step(trial, frame.iteration(), share(trial, frame, begun));
            Restored restored = restorer.restore(
                    observation, rng, trial.budget(), watcher.with(jury).and(told));
            double seconds = (System.nanoTime() - begun) * 1e-9;
            Marks marks = new Marks(scorer, watcher, observation.image());
            TrialResult.Verdict own = marks.verdict("", restored, seconds);
            List<TrialResult.Verdict> others = new ArrayList<>();
            jury.choices().forEach((rule, choice) -> {
                int end = choice.stopped() ? choice.stoppedAt() : restored.iterations();
                Restored chosen = new Restored(choice.image(), choice.iteration(), end);
                others.add(marks.verdict(rule, chosen, watcher.secondsAt(end)));
            });
            TrialResult result = TrialResult.of(trial, own, others);
            directory.write(trial, result, Images.ofTensor(restored.image()), watcher.points());
            return result;
        }
    }

    private static double share(Trial trial, Watcher.Frame frame, long begun) {
        double byIterations = (double) frame.iteration() / Math.max(1, frame.total());
        double seconds = trial.budget().seconds();
        double byTime = seconds > 0 ? (System.nanoTime() - begun) * 1e-9 / seconds : 0;
        return Math.min(1, Math.max(byIterations, byTime));
    }

    /** Gives marks to estimates of one fit. */
    private record Marks(Scorer scorer, TruthWatcher watcher, Tensor observed) {
        TrialResult.Verdict verdict(String rule, Restored restored, double seconds) {
            Tensor image = restored.image();
            boolean comparable = Arrays.equals(Tensors.shape(image), Tensors.shape(observed));
            double psnr = scorer.psnr(image);
            return new TrialResult.Verdict(
                    rule,
                    new TrialResult.Scores(
                            psnr,
                            scorer.ssim(image),
                            scorer.lpips(image),
                            comparable ? (Double) scorer.psnr(observed) : null,
                            Double.isNaN(restored.spread()) ? null : (Double) (Images.LEVELS * restored.spread())),
                    watcher.oracle(psnr, restored.iteration()),
                    new TrialResult.Effort(seconds, watcher.seconds(), restored.iteration(), restored.iterations()));
        }
    }
}
