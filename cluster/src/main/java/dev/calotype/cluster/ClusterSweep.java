package dev.calotype.cluster;

import dev.calotype.io.Progress;
import dev.calotype.io.Reason;
import dev.calotype.io.TemporaryFolder;
import dev.calotype.run.TrainingObserver;
import dev.calotype.settings.Check;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepDirectory;
import dev.calotype.sweep.SweepRun;
import dev.calotype.sweep.SweepTable;
import dev.calotype.sweep.Trial;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Runs the trials of a sweep as tasks of Spark. Each works in a local folder and publishes what it writes after every checkpoint, so that a
 * task that is started again, or the same call after the driver was lost, goes on from there. What is done is left.
 */
public final class ClusterSweep {
    private static final String SWEEP = "sweep.yaml", TRIALS = "trials/", CHECKPOINTS = "/checkpoints/";

    private ClusterSweep() {}

    /**
     * Trains and measures what is not done yet.
     *
     * @param out the folder of the sweep, where Hadoop's file systems reach
     * @return the table, which is written there too
     * @throws IllegalArgumentException if {@code out} holds something else, Spark may run a task twice at once, or an executor cannot open what a cell names,
     *     such as its data or its device
     * @throws IOException if {@code out} cannot be written, or a trial could not be run; the others were
     * @throws ClusterException if it failed for good
     */
    public static SweepTable run(JavaSparkContext spark, Sweep sweep, String out) throws IOException {
        requireOnce(spark);
        RunFiles files = new RunFiles(spark, out);
        files.begun(SWEEP);
        List<String> ids = sweep.trials().stream().map(Trial::id).toList();
        String text = sweep.text();
        String refusal = Causes.told(() ->
                spark.parallelize(List.of(text), 1).map(ClusterSweep::refusal).first());
        if (!refusal.isEmpty()) throw new IllegalArgumentException(refusal);
        files.write(SWEEP, to -> to.write(text.getBytes(StandardCharsets.UTF_8)));
        List<String> failures = Causes.told(() -> spark.parallelize(ids, ids.size())
                .map(id -> trial(text, id, files.folder(TRIALS + id)))
                .collect());
        SweepTable table = table(sweep, files);
        Optional<String> failure =
                failures.stream().filter(each -> !each.isEmpty()).findFirst();
        if (failure.isPresent()) throw new IOException(failure.get());
        return table;
    }

    /**
     * Refuses a Spark that may run a task a second time while the first one runs.
     *
     * @throws IllegalArgumentException if it does
     */
    static void requireOnce(JavaSparkContext spark) {
        Check.that(
                !spark.getConf().getBoolean("spark.speculation", false),
                "spark.speculation must be false for tasks that must not run twice at once",
                true);
    }

    /** Opens what the cells name where they are to be trained, and tells why that cannot be, or nothing. */
    private static String refusal(String text) throws IOException {
        Cores.loadEngine();
        try {
            Sweep.parse(text, Path.of(""), List.of()).preflight();
            return "";
        } catch (IOException | RuntimeException e) {
            if (TaskContext.get().isInterrupted()) throw e;
            return Reason.of(e);
        }
    }

    /** Runs what is left of a trial, and tells why it could not be run, or nothing. */
    private static String trial(String text, String id, RunFiles files) throws IOException {
        Cores.loadEngine();
        Sweep sweep = Sweep.parse(text, Path.of(""), List.of());
        Trial trial = sweep.trials().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
        try (TemporaryFolder local = TemporaryFolder.create("calotype-trial-")) {
            SweepDirectory directory = SweepDirectory.create(local.path(), sweep);
            Path folder = directory.trial(trial);
            files.fetch(folder, name -> true);
            if (directory.done(trial, sweep.measurement())) return "";
            try {
                Trial settled = new Trial(id, trial.cell(), Cores.settle(trial.experiment()), trial.variants());
                new SweepRun(sweep, directory, publishing(files, folder), Progress.SILENT).one(settled);
            } finally {
                if (!TaskContext.get().isInterrupted()) files.publish(folder);
            }
            return "";
        } catch (IOException | RuntimeException e) {
            if (TaskContext.get().isInterrupted()) throw e;
            return "the trial " + id + " could not be run: " + Reason.of(e);
        }
    }

    private static TrainingObserver publishing(RunFiles files, Path folder) {
        return new TrainingObserver() {
            @Override
            public void saved(Path checkpoint, double validation) {
                files.publishUnchecked(folder);
            }

            @Override
            public boolean stopRequested() {
                return TaskContext.get().isInterrupted();
            }
        };
    }

    private static SweepTable table(Sweep sweep, RunFiles files) throws IOException {
        try (TemporaryFolder local = TemporaryFolder.create("calotype-sweep-")) {
            SweepDirectory directory = SweepDirectory.create(local.path(), sweep);
            files.fetch(directory.root(), name -> !name.equals(SWEEP) && !name.contains(CHECKPOINTS));
            SweepTable table = SweepTable.write(sweep, directory);
            files.publish(directory.root());
            return table;
        }
    }
}
