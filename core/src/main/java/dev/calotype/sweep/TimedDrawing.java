package dev.calotype.sweep;

import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Drawing;
import org.bytedeco.pytorch.Tensor;

/** A drawing that knows how long it took. */
final class TimedDrawing implements Drawing {
    private final Drawing drawing;
    private long nanos;
    private long images;

    TimedDrawing(Drawing drawing) {
        this.drawing = drawing;
    }

    @Override
    public String name() {
        return drawing.name();
    }

    @Override
    public long seed() {
        return drawing.seed();
    }

    @Override
    public DataSettings data() {
        return drawing.data();
    }

    @Override
    public Tensor images(long first, int count) {
        long begun = System.nanoTime();
        Tensor drawn = drawing.images(first, count);
        nanos += System.nanoTime() - begun;
        images += count;
        return drawn;
    }

    /** The mean of what was drawn so far. */
    double secondsPerImage() {
        return nanos * 1e-9 / images;
    }
}
