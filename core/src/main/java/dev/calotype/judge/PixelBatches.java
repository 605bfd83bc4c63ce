package dev.calotype.judge;

import dev.calotype.data.Batch;
import dev.calotype.data.Gaps;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.OnePass;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.Drawing;
import dev.calotype.image.Images;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.tensor.Workers;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Pictures as they go to a feature network: uint8 batches (N, C, H, W), one after the other, real or generated.
 *
 * @param doing what is done to get them
 * @param count of all pictures, {@code batch} at a time
 */
record PixelBatches(String doing, long count, int batch, Progress progress, Supplier<Reading> opening) {
    /** The pictures in their order. */
    interface Reading extends AutoCloseable {
        /** The next pictures from {@code first} on, {@code size} of them or fewer; null where there are none. */
        Piece next(long first, int size);

        /** What was passed over so far. */
        default Gaps gaps() {
            return Gaps.NONE;
        }

        @Override
        default void close() {}
    }

    /** So many pictures, as they are made, once, by whichever thread. */
    record Piece(int count, Supplier<Tensor> pixels) {}

    /** What was seen of so many pictures. */
    private record Look<T>(int count, T seen) {}

    /** The pieces of a reading, in their order. */
    private final class Pieces implements Iterator<Piece> {
        private final Reading reading;
        private long taken;
        private Piece ahead;

        Pieces(Reading reading) {
            this.reading = reading;
        }

        @Override
        public boolean hasNext() {
            if (ahead == null && taken < count) ahead = reading.next(taken, (int) Math.min(batch, count - taken));
            return ahead != null;
        }

        @Override
        public Piece next() {
            if (!hasNext()) throw new NoSuchElementException("all pictures were shown");
            Piece next = ahead;
            ahead = null;
            taken += next.count;
            return next;
        }
    }

    /** Shows every batch once, each in a scope of its own; returns what was passed over. */
    Gaps forEach(Consumer<Tensor> consumer) {
        try (Workers caller = new Workers(1)) {
            return forEach(
                    caller,
                    pixels -> {
                        consumer.accept(pixels);
                        return pixels.size(0);
                    },
                    size -> {});
        }
    }

    /**
     * Shows every batch once to {@code eyes}, several at the same time, each in a scope of its own, and what they say of it to
     * {@code then} in the order of the batches, on the calling thread. Returns what was passed over.
     */
    <T> Gaps forEach(Workers workers, Function<Tensor, T> eyes, Consumer<T> then) {
        try (Reading reading = opening.get()) {
            long[] done = {0};
            workers.inOrder(
                    new Pieces(reading),
                    piece -> new Look<>(piece.count, Scope.read(() -> eyes.apply(piece.pixels.get()))),
                    look -> {
                        then.accept(look.seen);
                        done[0] += look.count;
                        progress.at(doing, done[0], count);
                    });
            return reading.gaps();
        }
    }

    /** {@code count} images of a model. */
    static PixelBatches generated(Drawing drawing, long count, int batch, Progress progress) {
        Reading drawn = (first, size) -> new Piece(size, () -> Images.toPixels(drawing.images(first, size)));
        return new PixelBatches("sampling", count, batch, progress, () -> drawn);
    }

    /** {@code count} different pictures of a data set that can be read, drawn at random, or all of a smaller one. */
    static PixelBatches real(ImageDataset data, Preparation preparation, long count, int batch, Progress progress) {
        long most = Math.min(count, data.size());
        return new PixelBatches(
                "reading", most, batch, progress, () -> new Stored(new OnePass(data, preparation, batch, 0, most)));
    }

    private record Stored(OnePass pass) implements Reading {
        @Override
        public Piece next(long first, int size) {
            if (!pass.hasNext()) return null;
            Batch part = pass.next();
            return new Piece(
                    part.count(),
                    () -> Tensors.of(part.pixels(), part.count(), part.channels(), part.size(), part.size()));
        }

        @Override
        public Gaps gaps() {
            return pass.gaps();
        }

        @Override
        public void close() {
            pass.close();
        }
    }
}
