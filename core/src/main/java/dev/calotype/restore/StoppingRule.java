package dev.calotype.restore;

/**
 * Decides without the truth which output of an iterative fit is the best, and when there is no hope of a better one.
 * Stateless; {@link #start} makes what follows one fit.
 */
public interface StoppingRule {
    /** Begins to follow a fit. */
    Follower start();

    /** Follows one fit. */
    interface Follower extends AutoCloseable {
        /** What an iteration means; the frame's tensors are borrowed and copied if needed. */
        Verdict judge(Watcher.Frame frame);

        @Override
        default void close() {}
    }

    /** What an iteration means for the answer. */
    enum Verdict {
        /** The answer so far stays. */
        GO_ON,
        /** This iteration's estimate is the answer so far. */
        BEST,
        /** This iteration's estimate is the answer: the end. */
        BEST_AND_STOP,
        /** The answer so far is the answer: the end. */
        STOP
    }
}
