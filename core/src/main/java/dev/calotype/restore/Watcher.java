package dev.calotype.restore;

import org.bytedeco.pytorch.Tensor;

/** Looks at a restoration while it goes on: for progress bars, curves and pictures on the way. */
@FunctionalInterface
public interface Watcher {
    /** Looks away. */
    Watcher NONE = frame -> {};

    /** Called after every iteration, within a scope of its own. */
    void see(Frame frame);

    /** This, and then another. */
    default Watcher and(Watcher next) {
        return frame -> {
            see(frame);
            next.see(frame);
        };
    }

    /** Tells this watcher of what follows on {@code iterations} others. */
    default Watcher after(int iterations) {
        return frame -> see(new Frame(
                frame.iteration + iterations,
                frame.total + iterations,
                frame.loss,
                frame.output,
                frame.smoothed,
                frame.choice + iterations));
    }

    /**
     * One iteration.
     *
     * @param iteration counted from 1
     * @param total iterations planned
     * @param loss of the fit or change of the estimate, whatever the method lowers; NaN if nothing
     * @param output of the method now, borrowed, fp32 (1, C, H, W)
     * @param smoothed average of the outputs, borrowed; the output itself where nothing is averaged
     * @param choice the iteration whose estimate would be the answer if this were the end
     */
    record Frame(int iteration, int total, double loss, Tensor output, Tensor smoothed, int choice) {}
}
