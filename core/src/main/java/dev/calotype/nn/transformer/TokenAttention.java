package dev.calotype.nn.transformer;

import dev.calotype.nn.Attention;
import dev.calotype.nn.Blank;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** Multi-head attention of one sequence to the tokens of another (Vaswani et al. 2017); its output layer starts at zero. */
final class TokenAttention extends Module {
    private final int heads;
    private final LinearImpl q;
    private final LinearImpl kv;
    private final LinearImpl proj;

    /** @throws IllegalArgumentException unless {@code heads} divides {@code width} */
    TokenAttention(int width, int heads, int tokenWidth) {
        this(width, heads, tokenWidth, true);
    }

    /** @param biased whether queries, keys and values have a bias */
    TokenAttention(int width, int heads, int tokenWidth, boolean biased) {
        super("TokenAttention");
        if (heads < 1 || width % heads != 0)
            throw new IllegalArgumentException("heads must divide the width " + width + ": " + heads);
        this.heads = heads;
        q = register_module("q", biased ? Blank.linear(width, width) : Blank.unbiased(width, width));
        kv = register_module(
                "kv", biased ? Blank.linear(tokenWidth, 2L * width) : Blank.unbiased(tokenWidth, 2L * width));
        proj = register_module("proj", Zeroed.of(Blank.linear(width, width)));
    }

    /**
     * @param x (N, L, D)
     * @param tokens (N, K, W)
     * @return (N, L, D)
     */
    Tensor forward(Tensor x, Tensor tokens) {
        long n = x.size(0), length = x.size(1), width = x.size(2), d = width / heads;
        return Scope.tidy(() -> {
            Tensor query = q.forward(x).reshape(n, length, heads, d).transpose(1, 2); // (N, heads, L, d)
            Tensor[] parts = Tensors.list(kv.forward(tokens)
                    .reshape(n, tokens.size(1), 2, heads, d)
                    .permute(2, 0, 3, 1, 4)
                    .contiguous()
                    .unbind(0)); // 2 of (N, heads, K, d)
            Tensor mixed = Attention.attend(query.contiguous(), parts[0], parts[1]); // (N, heads, L, d)
            return proj.forward(mixed.transpose(1, 2).reshape(n, length, width)); // (N, L, D)
        });
    }
}
