package dev.calotype.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** The small networks and inputs of {@code bench/peers/stylegan2.py}. */
public final class StyleGan2Toys {
    /** Three resolutions, six layers. */
    public static final StyleGan2Config CONFIG = new StyleGan2Config(16, 3, 10, 12, 3, 128, 12);

    /** A map for each image and layer. */
    public static final NoiseMaps NOISE = (layer, features) ->
            FormulaWeights.unit("noise" + layer, features.size(0), 1, features.size(2), features.size(3));

    private StyleGan2Toys() {}

    public static StyleGan2Generator generator() {
        return fill(new StyleGan2Generator(CONFIG, Rng.of(0)));
    }

    public static StyleGan2Discriminator discriminator() {
        return fill(new StyleGan2Discriminator(CONFIG, Rng.of(0)));
    }

    /** Four of them. */
    public static Tensor z(String name) {
        return Tensors.scale(2, FormulaWeights.unit(name, 4, CONFIG.latent()));
    }

    /** Eight of them. */
    public static Tensor images() {
        return FormulaWeights.unit("x", 8, 3, 16, 16);
    }

    /** Weights of unit variance, small biases. */
    private static <N extends Module> N fill(N network) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensors.parameters(network).forEach((name, p) -> {
                double gain = p.dim() > 1 ? Math.sqrt(3) : 0.1;
                Tensor value = Tensors.scale(gain, FormulaWeights.unit(name, Tensors.shape(p)));
                if (name.startsWith("mapping")) value = Tensors.scale(100, value);
                else if (name.endsWith("affine.bias")) value = value.add(new Scalar(1));
                p.copy_(value);
            });
        }
        return network;
    }

    /** Holds the gradients that the weights have against those of the script. */
    public static void checkGradients(Module network, JsonNode golden, double tolerance) {
        var parameters = Tensors.parameters(network);
        golden.properties()
                .forEach(entry -> FormulaWeights.check(
                        new Tensor(parameters.get(entry.getKey()).grad()), entry.getValue(), tolerance));
    }
}
