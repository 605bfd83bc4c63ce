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
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/** Pictures as they go to a feature network: uint8 batches (N, C, H, W), one after the other, real or generated. */
@FunctionalInterface
interface PixelBatches {
    /** Shows every batch once, each in a scope of its own. */
    void forEach(Consumer<Tensor> consumer);

    /** {@code count} images of a model. */
    static PixelBatches generated(Drawing drawing, long count, int batch, Progress progress) {
        return consumer -> {
            for (long first = 0; first < count; first += batch) {
                long from = first;
                int size = (int) Math.min(batch, count - first);
                Scope.run(() -> consumer.accept(Images.toPixels(drawing.images(from, size))));
                progress.at("sampling", first + size, count);
            }
        };
    }

    /** {@code count} different pictures of a data set, drawn at random, or all of a smaller one. */
    static PixelBatches real(ImageDataset data, Preparation preparation, long count, int batch, Progress progress) {
        long wanted = Math.min(count, data.size());
        Preparation plain = preparation.plain();
        return consumer -> {
            try (Batches batches = new Batches(data, plain, Batches.Plan.of(batch, 0))) {
                for (long done = 0; done < wanted; ) {
                    Batch next = batches.next();
                    int size = (int) Math.min(batch, wanted - done);
                    Batch part = size == batch ? next : next.first(size);
                    Scope.run(() -> consumer.accept(
                            Tensors.of(part.pixels(), size, part.channels(), part.size(), part.size())));
                    done += size;
                    progress.at("reading", done, wanted);
                }
            }
        };
    }
}
