package dev.calotype.restore;

import dev.calotype.restore.Restorer.Restored;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;

/** Iterations of a restorer without gradients: a scope for each, in which only the state survives. */
final class Loop {
    private Loop() {}

    /** One iteration, counted from 0: the state before to the state after; the first place is the estimate. */
    @FunctionalInterface
    interface Step {
        Tensor[] apply(Tensor[] state, int i);
    }

    /**
     * How long to go on.
     *
     * @param total iterations at most
     * @param tolerance the root mean square change of the estimate that ends it
     */
    record Limits(int total, double tolerance) {}

    /** The estimate when the limits or the time are reached; at least one iteration is made. */
    static Restored run(Tensor[] start, Limits limits, Budget.Clock clock, Watcher watcher, Step step) {
        int[] made = {0};
        Tensor image = Scope.inference(() -> {
            Tensor[] state = start;
            double change = Double.POSITIVE_INFINITY;
            while (made[0] < limits.total && change > limits.tolerance && (made[0] == 0 || !clock.over())) {
                Tensor[] before = state;
                Tensor[] after = Scope.tidyAll(() -> step.apply(before, made[0]));
                state = after;
                made[0]++;
                double moved = Scope.read(
                        () -> after[0].sub(before[0]).square().mean().sqrt().item_double());
                change = moved;
                Scope.run(() ->
                        watcher.see(new Watcher.Frame(made[0], limits.total, moved, after[0], after[0], made[0])));
                if (made[0] > 1) for (Tensor x : before) x.close();
            }
            return state[0];
        });
        return new Restored(image, made[0], made[0]);
    }
}
