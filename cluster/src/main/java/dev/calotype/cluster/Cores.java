package dev.calotype.cluster;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.tensor.Engine;
import java.util.List;
import org.apache.spark.TaskContext;

/** The cores that Spark gives a task, {@code spark.task.cpus}: a machine may have more, which are those of other tasks. */
final class Cores {
    private Cores() {}

    private static int given() {
        return Math.max(1, TaskContext.get().cpus());
    }

    /** Brings up the engine with as many threads. */
    static void loadEngine() {
        Engine.load(given());
    }

    /** An experiment that finds as many cores where it names no workers. */
    static Experiment settle(Experiment experiment) {
        TrainingSettings settings = experiment.training();
        if (settings.workers() > 0) return experiment;
        int workers = settings.resolvedWorkers(settings.placement().device(), given());
        return Recipe.with(experiment, List.of("training.workers=" + workers));
    }
}
