package dev.calotype.judge;

import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.Drawing;
import dev.calotype.image.Images;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.tensor.Workers;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.LongStream;
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
        /** The next {@code size} pictures from {@code first} on, as they are made, once, by whichever thread. */
        Supplier<Tensor> next(long first, int size);

        @Override
        default void close() {}
    }

    /** Shows every batch once, each in a scope of its own. */
    void forEach(Consumer<Tensor> consumer) {
        try (Workers caller = new Workers(1)) {
            forEach(
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
     * {@code then} in the order of the batches, on the calling thread.
     */
    <T> void forEach(Workers workers, Function<Tensor, T> eyes, Consumer<T> then) {
        try (Reading reading = opening.get()) {
            long[] done = {0};
            workers.inOrder(
                    LongStream.range(0, (count + batch - 1) / batch)
                            .map(i -> i * batch)
                            .mapToObj(first -> reading.next(first, (int) Math.min(batch, count - first)))
                            .iterator(),
                    pixels -> Scope.read(() -> eyes.apply(pixels.get())),
                    seen -> {
                        then.accept(seen);
                        done[0] = Math.min(count, done[0] + batch);
                        progress.at(doing, done[0], count);
                    });
        }
    }

    /** {@code count} images of a model. */
    static PixelBatches generated(Drawing drawing, long count, int batch, Progress progress) {
        Reading drawn = (first, size) -> () -> Images.toPixels(drawing.images(first, size));
        return new PixelBatches("sampling", count, batch, progress, () -> drawn);
    }

    /** {@code count} different pictures of a data set, drawn at random, or all of a smaller one. */
    static PixelBatches real(ImageDataset data, Preparation preparation, long count, int batch, Progress progress) {
        return new PixelBatches(
                "reading",
                Math.min(count, data.size()),
                batch,
                progress,
                () -> new Stored(new Batches(data, preparation.plain(), Batches.Plan.of(batch, 0))));
    }

    private record Stored(Batches batches) implements Reading {
        @Override
        public Supplier<Tensor> next(long first, int size) {
            Batch batch = batches.next();
            Batch part = size == batch.count() ? batch : batch.first(size);
            return () -> Tensors.of(part.pixels(), size, part.channels(), part.size(), part.size());
        }

        @Override
        public void close() {
            batches.close();
        }
    }
}
