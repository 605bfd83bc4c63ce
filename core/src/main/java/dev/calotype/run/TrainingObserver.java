package dev.calotype.run;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Incident;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.tensor.Placement;
import java.nio.file.Path;
import java.util.List;

/** Watches a training run and may end it early; every method has an answer for those who do not care. */
public interface TrainingObserver {
    /** Watches nothing. */
    TrainingObserver SILENT = new TrainingObserver() {};

    /** Before anything is made: what memory the run is expected to need. */
    default void planned(MemoryPlan plan) {}

    /**
     * The run begins, or goes on.
     *
     * @param weights how many the network has
     * @param step steps made before
     */
    default void started(RunDirectory run, Experiment experiment, Placement placement, long weights, long step) {}

    /**
     * The recipe of a run that goes on is another one from here on.
     *
     * @param learningRate with which it goes on
     */
    default void changed(List<Change> changes, double learningRate) {}

    /**
     * The run had reached its end before, and nothing is done.
     *
     * @param step steps made before
     * @param limit what had ended it
     */
    default void finished(RunDirectory run, Experiment experiment, long step, TrainingSettings.Limit limit) {}

    /** A step was made. */
    default void step(TrainingStatus status) {}

    /** Something goes wrong; training goes on. */
    default void noticed(Incident incident) {}

    /**
     * A checkpoint was written.
     *
     * @param validation what the averaged weights are worth, the lower the better: of what measure tells
     *     {@link dev.calotype.experiment.Story#worth}
     */
    default void saved(Path checkpoint, double validation) {}

    /** Asked after every step: to save and stop? */
    default boolean stopRequested() {
        return false;
    }
}
