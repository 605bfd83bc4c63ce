package dev.calotype.cluster;

import dev.calotype.collective.Order;
import dev.calotype.collective.Ranks;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Recipe;
import dev.calotype.io.Claim;
import dev.calotype.io.TemporaryFolder;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Trains on a Spark cluster: each rank is a task of a barrier stage. Rank 0 works in a local folder and publishes what it writes after every
 * checkpoint. Where ranks are lost, all are started again ({@code spark.stage.maxConsecutiveAttempts} times), and go on from the last
 * checkpoint; so does the same call after the driver was lost.
 */
public final class ClusterTraining {
    private static final String SUBMITTED = "submitted.yaml";

    private ClusterTraining() {}

    /**
     * How a training ended.
     *
     * @param step steps made
     * @param weights SHA-256 of the weights, the same of every rank
     * @param finished false if it was stopped before its end
     * @param attempts how often the ranks were started
     * @param noticed what went wrong meanwhile, such as a straggler, in sentences
     */
    public record Outcome(long step, String weights, boolean finished, int attempts, List<String> noticed)
            implements Serializable {}

    /**
     * Trains what a recipe describes, or goes on with what lies in {@code out}.
     *
     * @param recipe the text (YAML), which every rank reads; its data lie at the same path everywhere
     * @param overrides values of the recipe, such as {@code training.steps=500}
     * @param ranks tasks that take part, each with the cores of {@code spark.task.cpus}
     * @param out the folder of the run, where Hadoop's file systems reach
     * @param patience how long ranks wait for each other
     * @throws IllegalArgumentException if the cluster has fewer slots, the recipe cannot be shared, or {@code out} was begun with another recipe
     * @throws IOException if {@code out} or the data cannot be read
     * @throws ClusterException if it failed for good
     */
    public static Outcome train(
            JavaSparkContext spark, String recipe, List<String> overrides, int ranks, String out, Duration patience)
            throws IOException {
        String text = Recipe.write(Recipe.parse(recipe, overrides));
        RunFiles files = new RunFiles(spark, out);
        return SparkRanks.together(spark, ranks, patience, new Shared(text, ranks, files))
                .get(0);
    }

    private record Shared(String recipe, int world, RunFiles files) implements SparkRanks.Body<Outcome> {
        @Override
        public void require() throws IOException {
            Experiment experiment = Recipe.parse(recipe, List.of());
            experiment.requireTrainable();
            if (world > 1) Training.requireShared(experiment, world);
            files.begin(SUBMITTED, recipe);
        }

        @Override
        public Outcome run(Ranks ranks, int attempt) throws IOException {
            return ranks.first() ? lead(ranks, attempt, recipe, files) : follow(ranks);
        }
    }

    private static Outcome lead(Ranks ranks, int attempt, String recipe, RunFiles files) throws IOException {
        try (TemporaryFolder folder = TemporaryFolder.create("calotype-run-")) {
            Path local = folder.path();
            files.fetch(local);
            Experiment experiment = Cores.settle(Recipe.parse(recipe, List.of()));
            try (Claim claim = Claim.of(local, "train in")) {
                Training.Outcome outcome = Training.startOrResume(experiment, claim, publishing(files, local), ranks);
                requireOwn(); // an interrupted training ends well
                files.publish(local);
                List<String> noticed = Incident.read(outcome.run().incidentsFile()).stream()
                        .map(incident -> "step " + incident.step() + ": " + incident.message())
                        .toList();
                return new Outcome(outcome.step(), outcome.weightsHash(), outcome.finished(), attempt + 1, noticed);
            }
        }
    }

    private static TrainingObserver publishing(RunFiles files, Path local) {
        return new TrainingObserver() {
            @Override
            public void saved(Path checkpoint, double validation) {
                requireOwn();
                files.publishUnchecked(local);
            }
        };
    }

    private static void requireOwn() {
        if (TaskContext.get().isInterrupted()) throw new CancellationException("others train this run by now");
    }

    /** Null: rank 0 tells. */
    private static Outcome follow(Ranks ranks) throws IOException {
        Order order = Order.take(ranks);
        if (!order.what().equals(Training.ORDER))
            throw new IllegalStateException("rank 0 wants what is not known here: " + order.what());
        Training.follow(ranks, order.text(), List.of(), new Training.Following() {});
        return null;
    }
}
