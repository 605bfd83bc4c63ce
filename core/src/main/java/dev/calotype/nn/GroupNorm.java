package dev.calotype.nn;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scalars;
import dev.calotype.tensor.Strips;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.GroupNormOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Group normalisation (Wu &amp; He 2018), usually with 32 groups; statistics are accumulated in fp32. */
public final class GroupNorm {
    /** The usual number of groups. */
    public static final int GROUPS = 32;

    static final double EPSILON = 1e-5;

    /** Below this many values of an image a map is done sooner by few calls than by fast ones, in batches of about a hundred. */
    private static final long SMALL = 1 << 10;

    /** The same where no backward pass follows, of what is not modulated: the engine's kernel and two copies are three calls. */
    private static final long SMALL_AT_SIGHT = 1 << 15;

    private GroupNorm() {}

    /** The affine parameters of a normalisation of {@code channels} channels in 32 groups. */
    public static GroupNormImpl of(long channels) {
        return of(channels, BlockStyle.IMPROVED_DDPM);
    }

    /** The affine parameters of a normalisation of {@code channels} channels, which knows its groups and its epsilon. */
    public static GroupNormImpl of(long channels, BlockStyle style) {
        if (channels % style.groups() != 0)
            throw new IllegalArgumentException("channels must be a multiple of " + style.groups() + ": " + channels);
        GroupNormOptions options = new GroupNormOptions(style.groups(), channels);
        options.eps().put(style.epsilon());
        return new GroupNormImpl(options);
    }

    static int groups(GroupNormImpl norm) {
        return (int) norm.options().num_groups().get();
    }

    static double epsilon(GroupNormImpl norm) {
        return norm.options().eps().get();
    }

    /** Normalises {@code x}, (N, C, H, W). */
    public static Tensor apply(GroupNormImpl norm, Tensor x) {
        if (computed(x, SMALL_AT_SIGHT)) return ComputedGroupNorm.apply(norm, x, null);
        if (linear(x)) return LinearGroupNorm.apply(norm, x, null, null);
        Tensor y = Kernels.groupNorm(x.contiguous(), groups(norm), norm.weight(), norm.bias(), epsilon(norm));
        return Layout.of(Tensors.dtype(x)).apply(y); // (N, C, H, W)
    }

    /**
     * Normalises {@code x} and applies a map of its own to each image: norm(x) (1 + scale) + shift.
     *
     * @param x (N, C, H, W)
     * @param scaleShift (N, 2C), scales first
     */
    public static Tensor apply(GroupNormImpl norm, Tensor x, Tensor scaleShift) {
        if (computed(x, SMALL)) return ComputedGroupNorm.apply(norm, x, scaleShift);
        Tensor[] parts = Tensors.chunk(scaleShift, 2, 1); // 2 of (N, C)
        if (linear(x)) return LinearGroupNorm.apply(norm, x, parts[0], parts[1]);
        Tensor factor = parts[0].add(Scalars.one()).unsqueeze(2).unsqueeze(3); // (N, C, 1, 1)
        return torch.addcmul(parts[1].unsqueeze(2).unsqueeze(3), apply(norm, x), factor); // (N, C, H, W)
    }

    /** f(norm(x)) with the activation f, (N, C, H, W). */
    public static Tensor activated(Activation f, GroupNormImpl norm, Tensor x) {
        return activate(f, apply(norm, x));
    }

    /** f(norm(x) (1 + scale) + shift) with the activation f, (N, C, H, W): see {@link #apply}. */
    public static Tensor activated(Activation f, GroupNormImpl norm, Tensor x, Tensor scaleShift) {
        return activate(f, apply(norm, x, scaleShift));
    }

    /** conv(f(norm(x))) with the activation f, (N, C', H, W); of a large map some rows at a time. */
    public static Tensor convolved(Conv2dImpl conv, Activation f, GroupNormImpl norm, Tensor x) {
        if (!Strips.suit(x, 1) || !Convolutions.isPlain(conv)) return conv.forward(activated(f, norm, x));
        return Strips.convolve(x, conv, inRows(f, norm, x));
    }

    /** f(norm(x)) of any rows of the large map {@code x}. */
    static Strips.Change inRows(Activation f, GroupNormImpl norm, Tensor x) {
        ComputedGroupNorm.Affine map = ComputedGroupNorm.map(norm, x, null);
        return (rows, into) -> {
            map.apply(rows, into);
            Tensor active = activate(f, into);
            if (active != into) into.copy_(active);
        };
    }

    /** SiLU, the usual one, in place where no backward pass wants what goes in. */
    private static Tensor activate(Activation f, Tensor y) {
        return f == Activation.SILU && !GradMode.is_enabled() ? torch.silu_(y) : f.apply(y);
    }

    /** Whether {@link ComputedGroupNorm} is the faster way for an image of at least {@code least} values. */
    private static boolean computed(Tensor x, long least) {
        return !GradMode.is_enabled()
                && x.is_cpu()
                && Tensors.dtype(x) == ScalarType.BFloat16
                && x.numel() / x.size(0) >= least;
    }

    /**
     * Whether {@link LinearGroupNorm} is the faster way, where a backward pass follows. The engine's kernel is slow on channels-last tensors, its
     * backward pass by a factor of ten; row-major copies around it cost five times what the linear way does. The size of an image
     * decides and not that of its batch: both ways round differently, and an image is to be the same in whatever batch.
     */
    private static boolean linear(Tensor x) {
        return GradMode.is_enabled()
                && !x.is_cuda()
                && Tensors.dtype(x) == ScalarType.BFloat16
                && x.numel() / x.size(0) >= SMALL;
    }
}
