package dev.calotype.nn.transformer;

import dev.calotype.nn.Attention;
import dev.calotype.nn.Attention.Sight;
import dev.calotype.nn.Blank;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Multi-head self-attention over a sequence of tokens (Vaswani et al. 2017). The rows of {@code qkv} are all queries, all
 * keys, all values, and within each head by head, as in timm.
 */
final class SelfAttention extends Module {
    private final int heads;
    private final Sight sight;
    private final LinearImpl qkv;
    private final LinearImpl proj;

    /** @throws IllegalArgumentException unless {@code heads} divides {@code width} */
    SelfAttention(int width, int heads) {
        this(width, heads, Sight.ALL);
    }

    /** @throws IllegalArgumentException unless {@code heads} divides {@code width} */
    SelfAttention(int width, int heads, Sight sight) {
        this(width, heads, sight, true);
    }

    /** @param biased whether queries, keys and values have a bias */
    SelfAttention(int width, int heads, Sight sight, boolean biased) {
        super("SelfAttention");
        if (heads < 1 || width % heads != 0)
            throw new IllegalArgumentException("heads must divide the width " + width + ": " + heads);
        this.heads = heads;
        this.sight = sight;
        qkv = register_module("qkv", biased ? Blank.linear(width, 3L * width) : Blank.unbiased(width, 3L * width));
        proj = register_module("proj", Blank.linear(width, width));
    }

    /** @param x (N, L, D) */
    public Tensor forward(Tensor x) {
        long n = x.size(0), length = x.size(1), width = x.size(2);
        return Scope.tidy(() -> {
            Tensor mixed = Scope.tidy(() -> {
                Tensor[] parts = Scope.tidyAll(() -> project(x)); // 3 of (N, heads, L, d)
                return Attention.attend(parts[0], parts[1], parts[2], sight);
            }); // (N, heads, L, d)
            return proj.forward(mixed.transpose(1, 2).reshape(n, length, width)); // (N, L, D)
        });
    }

    /** How much each token looks at each other, in fp32 (N, heads, L, L); rows sum to 1. */
    public Tensor maps(Tensor x) {
        return Scope.tidy(() -> {
            Tensor[] parts = project(x); // 3 of (N, heads, L, d)
            Tensor weights = Attention.weights(parts[0].to(ScalarType.Float), parts[1].to(ScalarType.Float), sight);
            return weights.reshape(x.size(0), heads, x.size(1), x.size(1)); // (N, heads, L, L)
        });
    }

    private Tensor[] project(Tensor x) {
        long n = x.size(0), length = x.size(1), width = x.size(2);
        Tensor parts = qkv.forward(x).reshape(n, length, 3, heads, width / heads); // (N, L, 3, heads, d)
        return Tensors.list(parts.permute(2, 0, 3, 1, 4).contiguous().unbind(0)); // 3 of (N, heads, L, d)
    }
}
