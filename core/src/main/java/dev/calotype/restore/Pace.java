package dev.calotype.restore;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Counts the calls of a denoiser against a budget and shows what they predict. */
final class Pace {
    private final Budget.Clock clock;
    private final int planned;
    private final Watcher watcher;
    private int calls;
    private int draws = 1;
    private Tensor sum; // of the draws before this one, borrowed; null for the first

    /** @param planned calls, if time allows */
    Pace(Budget.Clock clock, int planned, Watcher watcher) {
        this.clock = clock;
        this.planned = planned;
        this.watcher = watcher;
    }

    /** Calls made. */
    int calls() {
        return calls;
    }

    /** Draws begun. */
    int draws() {
        return draws;
    }

    /** Whether there is time for {@code more} calls, judged by those made. */
    boolean affords(int more) {
        return clock.limit() == 0 || more <= callsLeft();
    }

    /** At most {@code steps} steps of {@code calls} calls each, and as many as there is time for, but at least 1. */
    int affordable(int steps, int calls) {
        return clock.limit() == 0 ? steps : (int) Math.max(1, Math.min(steps, callsLeft() / calls));
    }

    private long callsLeft() {
        if (calls == 0) return Integer.MAX_VALUE;
        return (long) Math.max(0, (clock.limit() - clock.seconds()) * calls / clock.seconds());
    }

    /** A draw is over and the next begins; {@code sum} is that of all draws so far. */
    void drawn(Tensor sum) {
        this.sum = sum;
        draws++;
    }

    /** One call was made. */
    void called(Tensor clean) {
        calls++;
        Scope.run(() -> {
            Tensor mean = sum == null ? clean : Tensors.scale(1.0 / draws, sum.add(clean));
            watcher.see(new Watcher.Frame(calls, Math.max(calls, planned), Double.NaN, clean, mean, calls));
        });
    }
}
