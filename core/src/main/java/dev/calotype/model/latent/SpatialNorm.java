package dev.calotype.model.latent;

import dev.calotype.nn.Activation;
import dev.calotype.nn.BlockStyle;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.GroupNorm;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** A normalisation in 32 groups that is scaled and shifted at each place by the latents there (MoVQ, Zheng et al. 2022). */
final class SpatialNorm extends Module {
    private static final BlockStyle STYLE = new BlockStyle(GroupNorm.GROUPS, 1e-6, Activation.SILU, 1);

    private final GroupNormImpl norm;
    private final Conv2dImpl scale, shift;

    SpatialNorm(int width, int latent) {
        super("SpatialNorm");
        norm = register_module("norm_layer", GroupNorm.of(width, STYLE));
        scale = register_module("conv_y", Convolutions.same(latent, width, 1));
        shift = register_module("conv_b", Convolutions.same(latent, width, 1));
    }

    /**
     * @param x (N, C, H, W)
     * @param latents (N, L, h, w)
     * @return (N, C, H, W)
     */
    Tensor forward(Tensor x, Tensor latents) {
        return Scope.tidy(() -> {
            // convolutions of 1 x 1 of repeated values are repeated values of them
            Tensor factor = spread(scale.forward(latents), x),
                    added = spread(shift.forward(latents), x); // (N, C, H, W)
            return GroupNorm.apply(norm, x).mul(factor).add_(added);
        });
    }

    private static Tensor spread(Tensor map, Tensor like) {
        return Kernels.upsampleNearest(map, like.size(2), like.size(3));
    }
}
