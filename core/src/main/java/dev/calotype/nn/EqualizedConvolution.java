package dev.calotype.nn;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * A convolution with weights of unit variance that are scaled by 1/sqrt(fan-in) as it runs, see {@link EqualizedLinear},
 * alone or with bias and {@link ScaledLeakyRelu}.
 */
public final class EqualizedConvolution extends Module {
    /** What follows the kernel. */
    public enum Ending {
        /** Nothing: a linear map. */
        LINEAR,
        /** A bias and {@link ScaledLeakyRelu}. */
        ACTIVATED
    }

    /**
     * The shape of a layer.
     *
     * @param in channels that come in
     * @param out channels that go out
     * @param kernel the odd width of the kernel
     * @param resample NONE, or DOWN for half the height and width through {@link FirResample}
     */
    public record Config(int in, int out, int kernel, Resample resample, Ending ending) {
        public Config {
            if (in < 1 || out < 1)
                throw new IllegalArgumentException("in and out must be at least 1: " + in + ", " + out);
            if (kernel < 1 || kernel % 2 == 0) throw new IllegalArgumentException("kernel must be odd: " + kernel);
            if (resample == Resample.UP)
                throw new IllegalArgumentException("resample must be NONE or DOWN: " + resample);
        }

        /** A layer with bias and activation that keeps the size. */
        public static Config activated(int in, int out, int kernel) {
            return new Config(in, out, kernel, Resample.NONE, Ending.ACTIVATED);
        }
    }

    private final Config config;
    private final Tensor weight;
    private final Tensor bias;

    /** A fresh layer that depends on {@code rng} alone. */
    public EqualizedConvolution(Config config, Rng rng) {
        super("EqualizedConvolution");
        this.config = config;
        Allowance.take(config.out(), config.in(), config.kernel(), config.kernel());
        weight = rng.normal(config.out(), config.in(), config.kernel(), config.kernel());
        register_parameter("weight", weight);
        bias = Tensors.fill(config.out(), 0);
        if (config.ending() == Ending.ACTIVATED) register_parameter("bias", bias);
    }

    /** Unscaled, (out, in, k, k): tells the element type of the layer. */
    public Tensor weight() {
        return weight;
    }

    /** (N, in, H, W) to (N, out, H, W), or half of H and W. */
    public Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            Tensor w = Tensors.scale(1 / Math.sqrt((double) weight.numel() / config.out()), weight); // (out, in, k, k)
            Tensor h = convolve(x, w); // (N, out, H', W')
            return config.ending() == Ending.ACTIVATED ? ScaledLeakyRelu.apply(h, bias) : h; // (N, out, H', W')
        });
    }

    private Tensor convolve(Tensor x, Tensor w) {
        if (config.resample() == Resample.NONE) return Kernels.convolve(x, w, 1, config.kernel() / 2);
        return Kernels.convolve(FirResample.before(x, config.kernel()), w, 2);
    }
}
