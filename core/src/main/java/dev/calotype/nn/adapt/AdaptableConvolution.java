package dev.calotype.nn.adapt;

import dev.calotype.tensor.Kernels;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;
import org.bytedeco.pytorch.Tensor;

/** A convolution in one group that factors can be joined to: one to a few channels, and one of 1 x 1. */
public final class AdaptableConvolution extends Conv2dImpl implements Adaptable {
    private final int stride, padding;
    private LowRank factors;

    public AdaptableConvolution(Conv2dOptions options) {
        super(options);
        stride = (int) options.stride().get(0);
        padding = (int) options.padding().get0().get(0);
        Adaptables.made(this);
    }

    @Override
    public void join(LowRank joined) {
        factors = joined;
    }

    @Override
    public Tensor forward(Tensor x) {
        return factors == null ? super.forward(x) : factors.beside(super.forward(x), this::added, x, weight(), bias());
    }

    private Tensor added(Tensor x, Tensor down, Tensor up) {
        return Kernels.convolve(Kernels.convolve(x, down, stride, padding), up, 1, 0);
    }
}
