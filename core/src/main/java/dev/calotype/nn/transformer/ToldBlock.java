package dev.calotype.nn.transformer;

import dev.calotype.nn.Attention.Sight;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * A transformer block whose tokens look at each other and then at those of a condition:
 * <pre>
 *     x += attention(norm1(x)),    x += attention(norm2(x), condition),    x += mlp(norm3(x))
 * </pre>
 * with a gated MLP (Rombach et al. 2022).
 */
final class ToldBlock extends Module {
    private static final double EPSILON = 1e-5;
    private static final int HIDDEN = 4;

    private final LayerNormImpl norm1, norm2, norm3;
    private final SelfAttention attention;
    private final TokenAttention told;
    private final GatedMlp mlp;

    ToldBlock(int width, int heads, int tokenWidth) {
        super("ToldBlock");
        norm1 = register_module("norm1", LayerNorm.of(width, EPSILON));
        attention = register_module("attn", new SelfAttention(width, heads, Sight.ALL, false));
        norm2 = register_module("norm2", LayerNorm.of(width, EPSILON));
        told = register_module("told", new TokenAttention(width, heads, tokenWidth, false));
        norm3 = register_module("norm3", LayerNorm.of(width, EPSILON));
        mlp = register_module("mlp", new GatedMlp(width, HIDDEN * width));
    }

    /**
     * @param x (N, L, D)
     * @param tokens (N, K, W)
     */
    Tensor forward(Tensor x, Tensor tokens) {
        return Scope.tidy(() -> {
            Tensor h = Scope.tidy(() -> x.add(attention.forward(norm1.forward(x)))); // (N, L, D)
            Tensor known = Scope.tidy(() -> h.add(told.forward(norm2.forward(h), tokens))); // (N, L, D)
            return known.add(mlp.forward(norm3.forward(known))); // (N, L, D)
        });
    }
}
