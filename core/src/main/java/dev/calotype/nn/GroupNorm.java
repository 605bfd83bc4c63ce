package dev.calotype.nn;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.GroupNormOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Group normalisation (Wu &amp; He 2018) with 32 groups; statistics are accumulated in fp32. */
public final class GroupNorm {
    /** The number of groups of every network here; channel counts must be multiples of it. */
    public static final int GROUPS = 32;

    static final double EPSILON = 1e-5;

    /** Below this many values a map is done sooner by few calls than by fast ones. */
    private static final long SMALL = 1 << 17;

    private GroupNorm() {}

    /** The affine parameters of a normalisation of {@code channels} channels. */
    public static GroupNormImpl of(long channels) {
        if (channels % GROUPS != 0)
            throw new IllegalArgumentException("channels must be a multiple of " + GROUPS + ": " + channels);
        return new GroupNormImpl(new GroupNormOptions(GROUPS, channels));
    }

    /** Normalises {@code x}, (N, C, H, W). */
    public static Tensor apply(GroupNormImpl norm, Tensor x) {
        if (linear(x)) return LinearGroupNorm.apply(norm, x, null, null);
        Tensor y = Kernels.groupNorm(x.contiguous(), GROUPS, norm.weight(), norm.bias(), EPSILON);
        return Layout.of(Tensors.dtype(x)).apply(y); // (N, C, H, W)
    }

    /**
     * Normalises {@code x} and applies a map of its own to each image: norm(x) (1 + scale) + shift.
     *
     * @param x (N, C, H, W)
     * @param scale (N, C)
     * @param shift (N, C)
     */
    public static Tensor apply(GroupNormImpl norm, Tensor x, Tensor scale, Tensor shift) {
        if (linear(x)) return LinearGroupNorm.apply(norm, x, scale, shift);
        Tensor factor = scale.add(new Scalar(1.0)).unsqueeze(2).unsqueeze(3); // (N, C, 1, 1)
        return torch.addcmul(shift.unsqueeze(2).unsqueeze(3), apply(norm, x), factor); // (N, C, H, W)
    }

    /** silu(norm(x)), (N, C, H, W). */
    public static Tensor activated(GroupNormImpl norm, Tensor x) {
        return activate(apply(norm, x));
    }

    /** silu(norm(x) (1 + scale) + shift), (N, C, H, W): see {@link #apply}. */
    public static Tensor activated(GroupNormImpl norm, Tensor x, Tensor scale, Tensor shift) {
        return activate(apply(norm, x, scale, shift));
    }

    /** In place where no backward pass wants what goes in. */
    private static Tensor activate(Tensor y) {
        return GradMode.is_enabled() ? torch.silu(y) : torch.silu_(y);
    }

    /**
     * Whether {@link LinearGroupNorm} is the faster way. The engine's kernel is slow on channels-last tensors, its
     * backward pass by a factor of ten; row-major copies around it cost five times what the linear way does.
     */
    private static boolean linear(Tensor x) {
        return !x.is_cuda() && Tensors.dtype(x) == ScalarType.BFloat16 && x.numel() >= SMALL;
    }
}
