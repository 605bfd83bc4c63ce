package dev.calotype.nn;

import dev.calotype.nn.ModulatedConvolution.Demodulation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * What a resolution of StyleGAN2's synthesis adds to the image: a modulated 1 x 1 convolution without demodulation, and a
 * bias (Karras et al. 2020, arXiv:1912.04958, figure 7b).
 */
public final class StyleToImage extends Module {
    private final EqualizedLinear affine;
    private final Tensor weight;
    private final Tensor bias;
    private final double scale;

    /**
     * A fresh layer that depends on {@code rng} alone.
     *
     * @param in channels that come in
     * @param out channels of the image
     * @param style the length of w
     */
    public StyleToImage(int in, int out, int style, Rng rng) {
        super("StyleToImage");
        scale = 1 / Math.sqrt(in);
        Allowance.take(out, in);
        weight = rng.fork(0).normal(out, in, 1, 1);
        register_parameter("weight", weight);
        affine = register_module(
                "affine", new EqualizedLinear(new EqualizedLinear.Config(style, in, 1, 1), rng.fork(1)));
        bias = Tensors.fill(out, 0);
        register_parameter("bias", bias);
    }

    /** (N, in, H, W) and w, (N, style), to (N, out, H, W). */
    public Tensor forward(Tensor x, Tensor w) {
        return Scope.tidy(() -> {
            Tensor styles = Tensors.scale(scale, affine.forward(w)); // (N, in)
            Tensor h = ModulatedConvolution.apply(x, weight, styles, Resample.NONE, Demodulation.OFF); // (N, out, H, W)
            return h.add(bias.reshape(1, -1, 1, 1)); // (N, out, H, W)
        });
    }
}
