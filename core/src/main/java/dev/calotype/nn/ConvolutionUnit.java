package dev.calotype.nn;

import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A convolution of a picture continued by reflection, batch normalisation, and a rectifier that leaks 0.2.
 *
 * <p>The convolution has a bias because the published networks count one. It is not computed with: the normalisation
 * takes it away again.
 */
public final class ConvolutionUnit extends Module {
    private static final double LEAK = 0.2;

    private final Conv2dImpl conv;
    private final BatchNorm2dImpl bn;

    /** A square kernel of odd width {@code kernel}; height and width are divided by {@code stride}. */
    public ConvolutionUnit(int in, int out, int kernel, int stride) {
        super("ConvolutionUnit");
        conv = register_module("conv", Convolutions.strided(in, out, kernel, stride));
        bn = register_module("bn", BatchNorm.of(out));
    }

    /** (N, in, H, W) to (N, out, H / stride, W / stride). */
    public Tensor forward(Tensor x) {
        return torch.leaky_relu_(BatchNorm.apply(bn, Convolutions.reflected(conv, x)), new Scalar(LEAK));
    }
}
