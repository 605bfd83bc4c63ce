package dev.calotype.restoration;

import dev.calotype.image.Images;
import dev.calotype.image.PngFile;
import dev.calotype.restore.Budget;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.Watcher;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Tells of each iteration of the parts of a picture, which may be restored side by side, keeps the best estimate of each so far, writes
 * pictures on the way, and ends what is to end.
 */
final class StepWatcher {
    /** Ends a restoration from within. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stopped() {
            super("stopped", null, false, false);
        }
    }

    private final PictureRestoration.Listener listener;
    private final PictureRestoration.Output output;
    private final double[] reached; // of each part, 0..1
    private final Budget.Clock clock;
    private final long begun = System.nanoTime(); // later than the clock: what went before tells nothing of iterations
    private Part last; // of those that were begun
    private int iterations;
    private boolean stopped;

    /** @param clock of the whole */
    StepWatcher(PictureRestoration.Listener listener, PictureRestoration.Output output, int parts, Budget.Clock clock) {
        this.listener = listener;
        this.output = output;
        this.clock = clock;
        reached = new double[parts];
    }

    /** Part {@code index} begins. */
    synchronized Part begin(int index) {
        if (listener.stopRequested()) stopped = true;
        Part part = new Part(index);
        if (last == null || index > last.index) last = part;
        return part;
    }

    /** Follows one part, and holds its best estimate until it is closed. */
    final class Part implements Watcher, AutoCloseable {
        private final int index;
        private Tensor before;
        private Tensor best; // may be the same as before
        private int iteration;
        private double loss = Double.NaN;
        private double change = Double.NaN;

        private Part(int index) {
            this.index = index;
        }

        /** It is restored. */
        void end(Restorer.Restored restored) {
            over(index, restored.iterations());
            iteration = restored.iteration();
        }

        @Override
        public void see(Frame frame) {
            loss = frame.loss();
            change = changed(frame.smoothed());
            if (frame.choice() == frame.iteration()) {
                if (best != null) best.close();
                best = before;
            }
            if (output.every() > 0 && frame.iteration() % output.every() == 0) write(frame);
            tell(this, frame);
            if (!isStopped()) return;
            over(index, frame.iteration());
            iteration = frame.choice();
            throw new Stopped();
        }

        /** Mean change since the last iteration, in units of 0..255; NaN for the first. */
        private double changed(Tensor image) {
            Tensor copy = Scope.keep(() -> image.clone());
            double mean = Double.NaN;
            if (before != null && Arrays.equals(Tensors.shape(before), Tensors.shape(copy)))
                mean = Scope.read(() -> copy.sub(before).abs().mean().item_double()) * Images.LEVELS;
            if (before != null && before != best) before.close();
            before = copy;
            return mean;
        }

        private void write(Frame frame) {
            String name = String.format(
                    Locale.ROOT,
                    reached.length == 1 ? "%2$06d.png" : "part-%1$03d-%2$06d.png",
                    index + 1,
                    frame.iteration());
            try {
                PngFile.write(output.frames().resolve(name), Images.ofTensor(frame.smoothed()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The best estimate if it was stopped in [-1, 1], channel by channel. */
        Optional<float[]> best() {
            return Optional.ofNullable(best).map(Tensors::floats);
        }

        @Override
        public void close() {
            if (best != null && best != before) best.close();
            if (before != null) before.close();
            best = null;
            before = null;
        }
    }

    private synchronized void over(int part, int made) {
        reached[part] = 1;
        iterations += made;
    }

    private synchronized void tell(Part part, Watcher.Frame frame) {
        reached[part.index] = (double) frame.iteration() / Math.max(1, frame.total());
        double gone = (System.nanoTime() - begun) * 1e-9;
        double progress = Math.max(Arrays.stream(reached).sum() / reached.length, clock.share());
        listener.step(new RestorationStatus(
                progress,
                part.index + 1,
                reached.length,
                frame.iteration(),
                part.loss,
                part.change,
                frame.choice(),
                progress == 0 ? Double.NaN : gone / progress - gone));
        if (listener.stopRequested()) stopped = true;
    }

    synchronized boolean isStopped() {
        return stopped;
    }

    synchronized int iterations() {
        return iterations;
    }

    /** Of the last part, as {@link #loss} and {@link #change}. */
    synchronized int iteration() {
        return last == null ? 0 : last.iteration;
    }

    synchronized double loss() {
        return last == null ? Double.NaN : last.loss;
    }

    synchronized double change() {
        return last == null ? Double.NaN : last.change;
    }
}
