package dev.calotype.model.latent;

import dev.calotype.nn.Attention;
import dev.calotype.nn.ImageLayer;
import dev.calotype.tensor.Scope;
import java.util.Optional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** An attention of one head whose normalisation looks at the latents, which it is told in place of an embedding. */
final class SpatialAttention extends Module implements ImageLayer {
    private final SpatialNorm norm;
    private final Attention attention;

    SpatialAttention(int width, int latent) {
        super("SpatialAttention");
        norm = register_module("spatial_norm", new SpatialNorm(width, latent));
        attention = register_module("attention", new Attention(width, 1, Optional.empty(), 1));
    }

    @Override
    public Tensor forward(Tensor x, Tensor latents) {
        return Scope.tidy(() -> x.add(attention.branch(norm.forward(x, latents)))); // (N, C, H, W)
    }
}
