package dev.calotype.experiment;

import org.bytedeco.pytorch.Tensor;

/** Images that a model draws as they are wanted; image i is the same in whatever batch. */
public interface Drawing {
    /** What draws, with all that the images depend on. */
    String name();

    long seed();

    /** What the model learned from: its images have that size and as many channels. */
    DataSettings data();

    /** The images {@code first} to {@code first + count - 1}, fp32 (count, C, H, W) in [-1, 1]. */
    Tensor images(long first, int count);
}
