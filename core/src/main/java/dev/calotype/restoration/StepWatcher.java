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

/** Tells of each iteration, keeps the best estimate so far, writes pictures on the way, and ends what is to end. */
final class StepWatcher implements Watcher {
    /** Ends a restoration from within. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stopped() {
            super("stopped", null, false, false);
        }
    }

    private final PictureRestoration.Listener listener;
    private final PictureRestoration.Output output;
    private final int parts;
    private final Budget.Clock clock;
    private final long begun = System.nanoTime(); // later than the clock: what went before tells nothing of iterations
    private int part;
    private Tensor before;
    private Tensor best; // may be the same as before
    private int iterations;
    private int iteration;
    private double loss = Double.NaN;
    private double change = Double.NaN;
    private boolean stopped;

    /** @param clock of the whole */
    StepWatcher(PictureRestoration.Listener listener, PictureRestoration.Output output, int parts, Budget.Clock clock) {
        this.listener = listener;
        this.output = output;
        this.parts = parts;
        this.clock = clock;
    }

    /** Part {@code index} begins. */
    void begin(int index) {
        part = index;
        forget();
    }

    /** Nothing more is to be done. */
    void stop() {
        stopped = true;
    }

    /** The part is restored. */
    void end(Restorer.Restored restored) {
        iterations += restored.iterations();
        iteration = restored.iteration();
        forget();
    }

    private void forget() {
        if (best != null && best != before) best.close();
        if (before != null) before.close();
        best = null;
        before = null;
    }

    @Override
    public void see(Frame frame) {
        loss = frame.loss();
        change = change(frame.smoothed());
        if (frame.choice() == frame.iteration()) {
            if (best != null) best.close();
            best = before;
        }
        if (output.every() > 0 && frame.iteration() % output.every() == 0) write(frame);
        double gone = (System.nanoTime() - begun) * 1e-9;
        double here = (double) frame.iteration() / Math.max(1, frame.total());
        double progress = Math.max((part + here) / parts, clock.share());
        listener.step(new RestorationStatus(
                progress,
                part + 1,
                parts,
                frame.iteration(),
                loss,
                change,
                frame.choice(),
                progress == 0 ? Double.NaN : gone / progress - gone));
        if (!listener.stopRequested()) return;
        stopped = true;
        iterations += frame.iteration();
        iteration = frame.choice();
        throw new Stopped();
    }

    /** Mean change since the last iteration, in units of 0..255; NaN for the first. */
    private double change(Tensor image) {
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
                Locale.ROOT, parts == 1 ? "%2$06d.png" : "part-%1$03d-%2$06d.png", part + 1, frame.iteration());
        try {
            PngFile.write(output.frames().resolve(name), Images.ofTensor(frame.smoothed()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The best estimate of the part that was stopped in [-1, 1], channel by channel, once. */
    Optional<float[]> best() {
        Optional<float[]> image = Optional.ofNullable(best).map(Tensors::floats);
        forget();
        return image;
    }

    boolean isStopped() {
        return stopped;
    }

    int iterations() {
        return iterations;
    }

    int iteration() {
        return iteration;
    }

    double loss() {
        return loss;
    }

    double change() {
        return change;
    }
}
