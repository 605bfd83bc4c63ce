package dev.calotype.nn.adapt;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.PackedConvolution;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;
import org.bytedeco.pytorch.Tensor;

/** A convolution in one group that factors can be joined to: one to a few channels, and one of 1 x 1. */
public final class AdaptableConvolution extends Conv2dImpl implements Adaptable {
    private final int stride, padding;
    private final PackedConvolution packed; // null where weights are learned
    private LowRank factors;

    /** One whose weights change from step to step. */
    public static AdaptableConvolution learned(Conv2dOptions options) {
        return new AdaptableConvolution(options, false);
    }

    /** One whose weights are read from a file; it is faster where they stay as they are ({@link PackedConvolution}). */
    public static AdaptableConvolution read(Conv2dOptions options) {
        return new AdaptableConvolution(options, true);
    }

    private AdaptableConvolution(Conv2dOptions options, boolean read) {
        super(options);
        stride = (int) options.stride().get(0);
        padding = (int) options.padding().get0().get(0);
        packed = read ? new PackedConvolution(this, stride, padding) : null;
        Adaptables.made(this);
    }

    @Override
    public void join(LowRank joined) {
        factors = joined;
    }

    /** Whether it is a 3 x 3 convolution with a bias that keeps the size of the picture, and nothing is joined to it. */
    public boolean isPlain() {
        return factors == null && bias().defined() && stride == 1 && padding == 1 && weight().size(2) == 3;
    }

    @Override
    public Tensor forward(Tensor x) {
        Tensor plain = packed != null && packed.suits(x) ? packed.apply(x) : super.forward(x);
        return factors == null ? plain : factors.beside(plain, this::added, x, weight(), bias());
    }

    private Tensor added(Tensor x, Tensor down, Tensor up) {
        return Kernels.convolve(Kernels.convolve(x, down, stride, padding), up, 1, 0);
    }
}
