package dev.calotype.restore;

import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;

/** Follows a fit by a rule and keeps the estimate that the rule has chosen so far: the smoothed output of that iteration. */
public final class Choice implements AutoCloseable {
    private final StoppingRule.Follower follower;
    private Tensor image;
    private int iteration;
    private int stoppedAt;

    /** @param follower closed with this */
    public Choice(StoppingRule.Follower follower) {
        this.follower = follower;
    }

    /** Goes on by one iteration. */
    public void judge(Watcher.Frame frame) {
        if (stopped()) return;
        StoppingRule.Verdict verdict = Scope.read(() -> follower.judge(frame));
        boolean best = verdict == StoppingRule.Verdict.BEST || verdict == StoppingRule.Verdict.BEST_AND_STOP;
        if (best || image == null) {
            if (image != null) image.close();
            image = Scope.keep(() -> frame.smoothed().clone());
            iteration = frame.iteration();
        }
        if (verdict == StoppingRule.Verdict.STOP || verdict == StoppingRule.Verdict.BEST_AND_STOP)
            stoppedAt = frame.iteration();
    }

    /** The chosen iteration, counted from 1; 0 before the first. */
    public int iteration() {
        return iteration;
    }

    /** The iteration at which the rule wanted to end; 0 if it has not yet. */
    public int stoppedAt() {
        return stoppedAt;
    }

    /** Whether the rule wants to end. */
    public boolean stopped() {
        return stoppedAt > 0;
    }

    /** The chosen estimate, borrowed until the next call. */
    public Tensor image() {
        return image;
    }

    @Override
    public void close() {
        follower.close();
        if (image != null) image.close();
    }
}
