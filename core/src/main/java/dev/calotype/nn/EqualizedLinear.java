package dev.calotype.nn;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A linear layer with weights of unit variance that are scaled by 1/sqrt(in) as it runs, so that Adam moves all layers
 * at the same relative speed (Karras et al. 2018, arXiv:1710.10196, section 4.1).
 */
public final class EqualizedLinear extends Module {
    /**
     * The shape of a layer.
     *
     * @param in values that come in
     * @param out values that go out
     * @param rate the layer's learning rate over that of the network, above 0
     * @param bias where the bias starts
     */
    public record Config(int in, int out, double rate, double bias) {
        public Config {
            if (in < 1 || out < 1)
                throw new IllegalArgumentException("in and out must be at least 1: " + in + ", " + out);
            if (!(rate > 0)) throw new IllegalArgumentException("rate must be above 0: " + rate);
        }

        /** A layer that learns as fast as the network, with bias 0. */
        public Config(int in, int out) {
            this(in, out, 1, 0);
        }
    }

    private final Config config;
    private final Tensor weight;
    private final Tensor bias;

    /** A fresh layer that depends on {@code rng} alone. */
    public EqualizedLinear(Config config, Rng rng) {
        super("EqualizedLinear");
        this.config = config;
        Allowance.take(config.out(), config.in());
        weight = Tensors.scale(1 / config.rate(), rng.normal(config.out(), config.in()));
        bias = Tensors.fill(config.out(), config.bias());
        register_parameter("weight", weight);
        register_parameter("bias", bias);
    }

    /** (N, in) to (N, out). */
    public Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            double scale = config.rate() / Math.sqrt(config.in());
            return torch.addmm(bias, x, weight.t(), new Scalar(config.rate()), new Scalar(scale)); // (N, out)
        });
    }
}
