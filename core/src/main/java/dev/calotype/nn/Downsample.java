package dev.calotype.nn;

import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Halves the picture by a strided convolution. */
public final class Downsample extends Module implements ImageLayer {
    /** Where the zeros lie that continue the picture. */
    public enum Border {
        /** A row before and a row behind (Improved DDPM). */
        AROUND,
        /** A row behind, on the right and below (DDPM, as TensorFlow pads). */
        BEHIND
    }

    private final Border border;
    private final Conv2dImpl op;

    public Downsample(int channels) {
        this(channels, Border.AROUND);
    }

    public Downsample(int channels, Border border) {
        super("Downsample");
        this.border = border;
        op = register_module(
                "op",
                border == Border.AROUND
                        ? Convolutions.strided(channels, channels, 3, 2)
                        : Convolutions.unpadded(channels, channels, 3, 2));
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding) {
        if (border == Border.AROUND) return op.forward(x); // (N, C, H/2, W/2)
        return Scope.tidy(() -> op.forward(torch.constant_pad_nd(x, 0, 1, 0, 1))); // (N, C, H/2, W/2)
    }
}
