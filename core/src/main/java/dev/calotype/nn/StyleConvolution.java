package dev.calotype.nn;

import dev.calotype.nn.ModulatedConvolution.Demodulation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * A layer of StyleGAN2's synthesis: a style from w, {@link ModulatedConvolution}, noise, bias, {@link ScaledLeakyRelu}
 * (Karras et al. 2020, arXiv:1912.04958, figure 2c).
 */
public final class StyleConvolution extends Module {
    /**
     * The shape of a layer.
     *
     * @param in channels that come in
     * @param out channels that go out
     * @param style the length of w
     * @param resample NONE, or UP for twice the height and width
     */
    public record Config(int in, int out, int style, Resample resample) {}

    private final Config config;
    private final EqualizedLinear affine;
    private final Tensor weight;
    private final Tensor noiseStrength;
    private final Tensor bias;

    /** A fresh layer that depends on {@code rng} alone; noise has no effect yet. */
    public StyleConvolution(Config config, Rng rng) {
        super("StyleConvolution");
        this.config = config;
        Allowance.take(config.out(), config.in(), 3, 3);
        weight = rng.fork(0).normal(config.out(), config.in(), 3, 3);
        register_parameter("weight", weight);
        affine = register_module(
                "affine",
                new EqualizedLinear(new EqualizedLinear.Config(config.style(), config.in(), 1, 1), rng.fork(1)));
        noiseStrength = Tensors.fill(1, 0).reshape();
        register_parameter("noise_strength", noiseStrength);
        bias = Tensors.fill(config.out(), 0);
        register_parameter("bias", bias);
    }

    /**
     * @param x (N, in, H, W)
     * @param w (N, style)
     * @param noise what is added to features like those it is given, (N or 1, 1, H', W')
     * @return (N, out, H', W')
     */
    public Tensor forward(Tensor x, Tensor w, UnaryOperator<Tensor> noise) {
        return Scope.tidy(() -> {
            Tensor h = ModulatedConvolution.apply(
                    x, weight, affine.forward(w), config.resample(), Demodulation.ON); // (N, out, H', W')
            return ScaledLeakyRelu.apply(h.add(noise.apply(h).mul(noiseStrength)), bias); // (N, out, H', W')
        });
    }
}
