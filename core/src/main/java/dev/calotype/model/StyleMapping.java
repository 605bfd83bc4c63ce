package dev.calotype.model;

import dev.calotype.nn.EqualizedLinear;
import dev.calotype.nn.Layers;
import dev.calotype.nn.ScaledLeakyRelu;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The way from z to w: z on a sphere, then layers that learn a hundred times slower than the rest. */
final class StyleMapping {
    private static final double RATE = 0.01;
    private static final double EPSILON = 1e-8;

    private final List<EqualizedLinear> layers = new ArrayList<>();

    /** Fresh layers below {@code parent}. */
    StyleMapping(StyleGan2Config config, Layers parent, Rng rng) {
        for (int i = 0; i < config.mapping(); i++) {
            int in = i == 0 ? config.latent() : config.style();
            EqualizedLinear.Config layer = new EqualizedLinear.Config(in, config.style(), RATE, 0);
            layers.add(parent.add("fc" + i, new EqualizedLinear(layer, rng.fork(i))));
        }
    }

    /** fp32 (N, latent) to (N, style) in the element type of {@code like}. */
    Tensor forward(Tensor z, Tensor like) {
        return Scope.tidy(() -> {
            Tensor square = z.to(ScalarType.Float).square().mean(1).unsqueeze(1); // (N, 1)
            Tensor w = Tensors.as(z.mul(square.add(new Scalar(EPSILON)).rsqrt()), like); // (N, latent)
            for (EqualizedLinear layer : layers) w = ScaledLeakyRelu.apply(layer.forward(w)); // (N, style)
            return w;
        });
    }
}
