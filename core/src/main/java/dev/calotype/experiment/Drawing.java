package dev.calotype.experiment;

import dev.calotype.tensor.Scope;
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

    /** The same as long as {@code network}, which draws, is not closed; afterwards an IllegalStateException. */
    default Drawing within(Scope.Owned<?> network) {
        Drawing drawing = this;
        return new Drawing() {
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
                return network.use(open -> drawing.images(first, count));
            }
        };
    }
}
