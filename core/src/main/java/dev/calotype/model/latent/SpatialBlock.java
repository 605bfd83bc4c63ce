package dev.calotype.model.latent;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.ImageLayer;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** A residual block whose normalisations look at the latents, which it is told in place of an embedding. */
final class SpatialBlock extends Module implements ImageLayer {
    private final Activation activation;
    private final SpatialNorm norm1, norm2;
    private final Conv2dImpl conv1, conv2;
    private final Conv2dImpl skip; // null where as many channels go out as come in

    SpatialBlock(int in, int out, int latent, Activation activation) {
        super("SpatialBlock");
        this.activation = activation;
        norm1 = register_module("norm1", new SpatialNorm(in, latent));
        conv1 = register_module("conv1", Convolutions.same(in, out, 3));
        norm2 = register_module("norm2", new SpatialNorm(out, latent));
        conv2 = register_module("conv2", Convolutions.same(out, out, 3));
        skip = in == out ? null : register_module("conv_shortcut", Convolutions.same(in, out, 1));
    }

    @Override
    public Tensor forward(Tensor x, Tensor latents) {
        return Scope.tidy(() -> {
            Tensor h = Scope.tidy(() -> conv1.forward(activation.apply(norm1.forward(x, latents)))); // (N, out, H, W)
            Tensor residual = Scope.tidy(() -> conv2.forward(activation.apply(norm2.forward(h, latents))));
            h.close();
            return (skip == null ? x : skip.forward(x)).add(residual); // (N, out, H, W)
        });
    }
}
