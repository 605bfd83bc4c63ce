package dev.calotype.nn.transformer;

import dev.calotype.nn.Convolutions;
import dev.calotype.nn.GroupNorm;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The beginning of a ResNet as in BiT (Kolesnikov et al. 2020): a 7 x 7 convolution of stride 2 whose filters are standardised (Qiao et
 * al. 2019), normalisation by groups, a rectifier, and the maxima of 3 x 3 places at stride 2. Sides are padded as TensorFlow pads
 * ("same"): more at the end. Parameter names follow timm.
 */
final class ResNetStem extends Module {
    /** Of the map that it makes. */
    static final int CHANNELS = 64;

    /** By which its map is smaller, per side. */
    static final int FACTOR = 4;

    /** Pixels per side of a filter. */
    static final int FILTER = 7;

    private static final double EPSILON = 1e-8; // of the variance of a filter

    private final Conv2dImpl conv;
    private final GroupNormImpl norm;

    ResNetStem(int channels) {
        super("ResNetStem");
        conv = register_module("conv", Convolutions.unbiased(channels, CHANNELS, FILTER, 2, 0));
        norm = register_module("norm", GroupNorm.of(CHANNELS));
    }

    /**
     * The map of pictures.
     *
     * @param x (N, C, H, W) with sides that are multiples of 4
     * @return (N, 64, H / 4, W / 4)
     */
    Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            Tensor h = Kernels.convolve(padded(x, 2, 3), standardised(), 2, 0); // (N, 64, H / 2, W / 2)
            Tensor active = torch.relu(GroupNorm.apply(norm, h));
            // What is rectified is not below the zeros of the padding.
            return torch.max_pool2d(
                    padded(active, 0, 1),
                    new long[] {3, 3},
                    new long[] {2, 2},
                    new long[] {0, 0},
                    new long[] {1, 1},
                    false); // (N, 64, H / 4, W / 4)
        });
    }

    private static Tensor padded(Tensor x, int before, int after) {
        return torch.constant_pad_nd(x, before, after, before, after);
    }

    /** The filters, each of mean 0 and variance 1. */
    private Tensor standardised() {
        Tensor filters = conv.weight().to(ScalarType.Float).flatten(1, 3); // (64, C 7 7)
        Tensor centred = filters.sub(filters.mean(1).unsqueeze(1));
        Tensor variance = centred.square().mean(1).unsqueeze(1); // (64, 1)
        Tensor scaled = centred.mul(variance.add(new Scalar(EPSILON)).rsqrt());
        return Tensors.as(scaled.reshape(Tensors.shape(conv.weight())), conv.weight());
    }
}
