package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/**
 * Decides without the truth which output of an iterative fit is the best, and when there is no hope of a better one.
 * Stateless; {@link #start} makes what follows one fit.
 */
public interface StoppingRule {
    /**
     * Begins to follow a fit to {@code observation}, which is borrowed as long as the follower is used.
     *
     * @param rng the source of all randomness
     */
    Follower start(Observation observation, Rng rng);

    /** The iteration at which it ends at the latest, at least 1. */
    int longest();

    /** Follows one fit. */
    interface Follower extends AutoCloseable {
        /** What an iteration means; the frame's tensors are borrowed and copied if needed. */
        Verdict judge(Watcher.Frame frame);

        /** 1 where the fit may see the observation and 0 where not, to be spread over it; {@code null} for all of it. */
        default Tensor visible() {
            return null;
        }

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
