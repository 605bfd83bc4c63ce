package dev.calotype.nn;

import org.bytedeco.pytorch.Tensor;

/** What a layer does to height and width. */
public enum Resample {
    NONE,
    DOWN,
    UP;

    /** The picture halved by averaging, doubled by repetition, or as it is. */
    public Tensor apply(Tensor x) {
        return switch (this) {
            case NONE -> x;
            case DOWN -> Convolutions.downsample(x);
            case UP -> Convolutions.upsample(x);
        };
    }
}
