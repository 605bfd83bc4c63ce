package dev.calotype.train;

import dev.calotype.data.Batch;

/** One update of whatever is being trained. */
@FunctionalInterface
public interface TrainingStep {
    StepReport run(Batch batch);

    /** Whether all processes that share the steps have come to the same: between two averagings each has its own weights and loss. */
    default boolean isSettled() {
        return true;
    }

    /** What its loss says. */
    enum Course {
        /** It is to fall: one that rises far above its best has diverged. */
        FALLS,
        /** It is the score of a game, and rises and falls. */
        PLAYS
    }

    /** What the loss of its reports says. */
    default Course course() {
        return Course.FALLS;
    }
}
