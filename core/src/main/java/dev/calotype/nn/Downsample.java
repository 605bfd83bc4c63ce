package dev.calotype.nn;

import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** Halves the picture by a strided convolution. */
public final class Downsample extends Module implements ImageLayer {
    private final Conv2dImpl op;

    public Downsample(int channels) {
        super("Downsample");
        op = register_module("op", Convolutions.strided(channels, channels, 3, 2));
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding) {
        return op.forward(x); // (N, C, H/2, W/2)
    }
}
