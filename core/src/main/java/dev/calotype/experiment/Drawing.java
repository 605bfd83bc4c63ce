package dev.calotype.experiment;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Images that a model draws as they are wanted; image i is the same in whatever batch. Several threads may draw at the same
 * time.
 */
public interface Drawing {
    /** What draws, with all that the images depend on. */
    String name();

    long seed();

    /** What the model learned from: its images have that size and as many channels. */
    DataSettings data();

    /** The images {@code first} to {@code first + count - 1}, fp32 (count, C, H, W) in [-1, 1]. */
    Tensor images(long first, int count);

    /** Makes the images {@code first} to {@code first + count - 1}. */
    @FunctionalInterface
    interface Painter {
        Tensor images(long first, int count);
    }

    /**
     * One image of a request.
     *
     * @param index its number, from 0
     */
    record Wanted(Request request, long index) {}

    /** Told of images while they come about, by the thread that draws; what it throws ends the drawing. */
    @FunctionalInterface
    interface Watcher {
        /** Wants to know nothing. */
        Watcher NOBODY = (done, steps, predicted) -> {};

        /**
         * A step is done.
         *
         * @param done steps so far, at least 1
         * @param steps in all
         * @param predicted the images as they would become, fp32 (N, C, H, W) in [-1, 1], computed when they are asked for, into the
         *     caller's scope
         */
        void step(int done, int steps, Supplier<Tensor> predicted);
    }

    /** The drawing of that name whose images {@code painter} makes. */
    static Drawing of(String name, long seed, DataSettings data, Painter painter) {
        return new Drawing() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public long seed() {
                return seed;
            }

            @Override
            public DataSettings data() {
                return data;
            }

            @Override
            public Tensor images(long first, int count) {
                return painter.images(first, count);
            }
        };
    }

    /** The same, of which at most so many images are made at once. */
    default Drawing atMost(int most) {
        return of(name(), seed(), data(), (first, count) -> {
            if (count <= most) return images(first, count);
            return Scope.tidy(
                    () -> Tensors.inParts(count, most, (from, some) -> images(first + from, some))); // (count, C, H, W)
        });
    }

    /** The same as long as {@code network}, which draws, is not closed; afterwards an IllegalStateException. */
    default Drawing within(Scope.Owned<?> network) {
        return of(name(), seed(), data(), (first, count) -> network.use(open -> images(first, count)));
    }
}
