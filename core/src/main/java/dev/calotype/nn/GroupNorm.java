package dev.calotype.nn;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.GroupNormOptions;
import org.bytedeco.pytorch.Tensor;

/** Group normalisation (Wu &amp; He 2018) with 32 groups; statistics are accumulated in fp32. */
public final class GroupNorm {
    /** The number of groups of every network here; channel counts must be multiples of it. */
    public static final int GROUPS = 32;

    private static final double EPSILON = 1e-5;

    private GroupNorm() {}

    /** The affine parameters of a normalisation of {@code channels} channels. */
    public static GroupNormImpl of(long channels) {
        if (channels % GROUPS != 0)
            throw new IllegalArgumentException("channels must be a multiple of " + GROUPS + ": " + channels);
        return new GroupNormImpl(new GroupNormOptions(GROUPS, channels));
    }

    /**
     * Normalises {@code x}.
     *
     * <p>The engine's kernel is slow on channels-last tensors (its backward pass by a factor of ten), so these go
     * through row-major copies, which cost less than they save.
     */
    public static Tensor apply(GroupNormImpl norm, Tensor x) {
        Tensor y = Kernels.groupNorm(x.contiguous(), GROUPS, norm.weight(), norm.bias(), EPSILON);
        return Layout.of(Tensors.dtype(x)).apply(y); // (N, C, H, W)
    }
}
