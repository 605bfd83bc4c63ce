package dev.calotype.nn;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scalars;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Residual multi-head self-attention over the pixels of a feature map (Vaswani et al. 2017; as in Improved DDPM). The
 * rows of {@code qkv} go head by head, and within a head query, key, value.
 */
public final class Attention extends Module implements ImageLayer {
    /** Which tokens of a sequence a token looks at. */
    public enum Sight {
        /** All of them. */
        ALL,
        /** Itself and those before it. */
        PAST
    }

    /** How many scores there are at once where no backward pass wants them; 4 MB, so that they stay in the processor's cache. */
    private static final long MOST_SCORES = 1 << 21;

    private final int heads;
    private final double scale;
    private final GroupNormImpl norm;
    private final Conv2dImpl qkv;
    private final Conv2dImpl projOut;

    /** @throws IllegalArgumentException unless {@code heads} divides {@code channels} */
    public Attention(int channels, int heads) {
        this(channels, heads, Optional.of(BlockStyle.IMPROVED_DDPM), 1);
    }

    /**
     * An attention in the style of a network.
     *
     * @param style of its normalisation; empty for none
     * @param scale what the sum of what comes in and what is attended to is divided by
     * @throws IllegalArgumentException unless {@code heads} divides {@code channels}
     */
    public Attention(int channels, int heads, Optional<BlockStyle> style, double scale) {
        super("Attention");
        if (heads < 1 || channels % heads != 0)
            throw new IllegalArgumentException("heads must divide the " + channels + " channels: " + heads);
        this.heads = heads;
        this.scale = scale;
        norm = style.map(s -> register_module("norm", GroupNorm.of(channels, s)))
                .orElse(null);
        qkv = register_module("qkv", Convolutions.same(channels, 3L * channels, 1));
        projOut = register_module("proj_out", Convolutions.zero(Convolutions.same(channels, channels, 1)));
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding) {
        return Scope.tidy(() -> {
            Tensor sum = x.add(branch(x)); // (N, C, H, W)
            return scale == 1 ? sum : Tensors.scale(1 / scale, sum); // (N, C, H, W)
        });
    }

    /** What is added to a map: what its pixels have attended to, (N, C, H, W). */
    public Tensor branch(Tensor x) {
        long n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
        return Scope.tidy(() -> {
            Tensor mixed = Scope.tidy(() -> {
                Tensor[] parts = Scope.tidyAll(() -> project(x)); // 3 of (N, heads, HW, d)
                return attend(parts[0], parts[1], parts[2]);
            }); // (N, heads, HW, d)
            Tensor image = mixed.transpose(1, 2).reshape(n, h, w, c).permute(0, 3, 1, 2); // (N, C, H, W)
            return projOut.forward(image); // (N, C, H, W)
        });
    }

    private Tensor[] project(Tensor x) {
        long n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
        Tensor projected = Scope.tidy(() -> qkv.forward(norm == null ? x : GroupNorm.apply(norm, x))); // (N, 3C, H, W)
        return Tensors.list(projected
                .permute(0, 2, 3, 1)
                .reshape(n, h * w, heads, 3, c / heads)
                .permute(3, 0, 2, 1, 4)
                .contiguous()
                .unbind(0)); // 3 of (N, heads, HW, d)
    }

    /**
     * softmax(q k' / sqrt(d)) v for (N, heads, length, d). Keys and values may be of another length than queries.
     *
     * <p>The engine's fused kernel is the best in fp32. In bf16 its backward pass is an order of magnitude slower than
     * these three calls, and without AMX its forward pass as well.
     */
    public static Tensor attend(Tensor q, Tensor k, Tensor v) {
        return attend(q, k, v, Sight.ALL);
    }

    /** {@link #attend(Tensor, Tensor, Tensor)} of queries that see all keys, or only those that do not stand after them. */
    public static Tensor attend(Tensor q, Tensor k, Tensor v, Sight sight) {
        if (q.is_cuda() || Tensors.dtype(q) != ScalarType.BFloat16)
            return sight == Sight.ALL ? Kernels.fusedAttention(q, k, v) : Kernels.fusedCausalAttention(q, k, v);
        long n = q.size(0), heads = q.size(1), length = q.size(2), d = q.size(3);
        if (sight == Sight.ALL && !GradMode.is_enabled() && n * heads * length * k.size(2) > MOST_SCORES)
            return AttentionSlices.attend(q, k, v, MOST_SCORES); // (N, heads, length, d)
        Tensor weights = weights(q, k, sight); // (N heads, length, keys)
        return torch.bmm(weights, v.reshape(n * heads, v.size(2), d)).view(n, heads, length, d);
    }

    /**
     * softmax(q k' + bias) v for (N, heads, length, d), not divided by sqrt(d), as T5 has it (Raffel et al. 2020).
     *
     * @param bias (1, heads, length, keys)
     */
    public static Tensor attendBiased(Tensor q, Tensor k, Tensor v, Tensor bias) {
        return torch.softmax(q.matmul(k.transpose(2, 3)).add(bias), -1).matmul(v); // (N, heads, length, d)
    }

    /** softmax(q k' / sqrt(d)) for (N, heads, length, d), as (N heads, length, keys). */
    public static Tensor weights(Tensor q, Tensor k, Sight sight) {
        long n = q.size(0), heads = q.size(1), length = q.size(2), d = q.size(3);
        Scalar scale = new Scalar(1 / Math.sqrt(d));
        Tensor flatK = k.reshape(n * heads, k.size(2), d).transpose(1, 2);
        boolean all = sight == Sight.ALL;
        Tensor added = all ? q.new_empty(1, 1, 1) : later(q, length, k.size(2));
        Tensor scores = torch.baddbmm(
                added, q.reshape(n * heads, length, d), flatK, all ? Scalars.zero() : Scalars.one(), scale);
        Tensor weights = torch.softmax(scores, -1);
        scores.close(); // as large as the weights
        return weights;
    }

    /** Minus infinity where a key stands after the query, else 0: (1, length, keys). */
    private static Tensor later(Tensor like, long length, long keys) {
        return like.new_empty(1, length, keys)
                .fill_(new Scalar(Double.NEGATIVE_INFINITY))
                .triu(1);
    }
}
