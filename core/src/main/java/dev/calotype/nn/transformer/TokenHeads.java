package dev.calotype.nn.transformer;

import dev.calotype.nn.Blank;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * Queries, keys and values of tokens, and what becomes of what they attend to. The rows of {@code qkv} are all queries, all keys, all
 * values, and within each head by head, as in timm.
 */
final class TokenHeads extends Module {
    private static final double EPSILON = 1e-6;

    private final int heads;
    private final LinearImpl qkv, proj; // proj is null where nothing comes back
    private final RmsNorm qNorm, kNorm; // null where there are none

    /** What comes back of what is attended to. */
    enum Return {
        TOKENS,
        NOTHING
    }

    TokenHeads(ModulatedBlock.Shape shape, Return back) {
        super("TokenHeads");
        heads = shape.heads();
        int width = shape.width();
        qkv = register_module("qkv", Blank.linear(width, 3L * width));
        proj = back == Return.NOTHING ? null : register_module("proj", Blank.linear(width, width));
        boolean normalised = shape.norm() == ModulatedBlock.QueryKeyNorm.RMS;
        qNorm = normalised ? register_module("q_norm", new RmsNorm(width / heads, EPSILON)) : null;
        kNorm = normalised ? register_module("k_norm", new RmsNorm(width / heads, EPSILON)) : null;
    }

    /**
     * @param x (N, L, D)
     * @return 3 of (N, heads, L, d)
     */
    Tensor[] project(Tensor x) {
        Tensor[] parts = split(qkv.forward(x), 3, heads);
        if (qNorm == null) return parts;
        return new Tensor[] {qNorm.forward(parts[0]), kNorm.forward(parts[1]), parts[2]};
    }

    /** {@code count} of (N, heads, L, d) from (N, L, count D). */
    static Tensor[] split(Tensor projected, int count, int heads) {
        long n = projected.size(0), length = projected.size(1), d = projected.size(2) / count / heads;
        Tensor parts = projected.reshape(n, length, count, heads, d); // (N, L, count, heads, d)
        return Tensors.list(parts.permute(2, 0, 3, 1, 4).contiguous().unbind(0));
    }

    /**
     * @param mixed (N, heads, L, d)
     * @return (N, L, D)
     */
    Tensor join(Tensor mixed) {
        long n = mixed.size(0), length = mixed.size(2);
        return proj.forward(mixed.transpose(1, 2).reshape(n, length, heads * mixed.size(3)));
    }
}
