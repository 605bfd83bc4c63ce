package dev.calotype.studio.job;

import java.util.List;
import java.util.Optional;

/** What a job does, once its turn has come. */
public interface Work {
    /** One line for people, such as {@code 4 pictures of quickstart-001}. */
    String title();

    /** The model that it works with, by its name in the catalog. */
    Optional<String> model();

    /** Who does it. */
    default Lane lane() {
        return Lane.ENGINE;
    }

    /** Whether it may be begun again after the process died in the middle of it. */
    default boolean isRepeatable() {
        return true;
    }

    /** Works of equal keys may be done at once, by {@link #runAll} of any of them; empty where this one is done alone. */
    default Optional<Object> together() {
        return Optional.empty();
    }

    /**
     * Does it. A work that is paused returns {@link Outcome#PAUSED} soon after {@link JobRun#onSignal} told it to, and is run once more
     * when it goes on.
     *
     * @throws java.util.concurrent.CancellationException where it was cancelled
     * @throws Exception if it fails; the message of those with one sentence is told
     */
    Outcome run(JobRun run) throws Exception;

    /** Does several at once; results and errors go to each by itself, and who is done sooner says so. */
    default void runAll(List<Turn> turns) throws Exception {
        throw new IllegalStateException(title() + " is done alone");
    }

    /** How a run ended that did not fail. */
    enum Outcome {
        DONE,
        PAUSED
    }

    /**
     * One work of several, with its run.
     *
     * @param over told when all of this work is done, while others are not
     */
    record Turn(Work work, JobRun run, Runnable over) {}
}
