package dev.calotype.nn.transformer;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Attention;
import dev.calotype.nn.BlockStyle;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.ImageLayer;
import dev.calotype.nn.Layout;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Optional;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * A transformer block over the pixels of a feature map (Rombach et al. 2022): attention to each other, attention to the tokens of
 * a condition, and an MLP, each a residual branch with normalisation before. The branches start at zero, so that a fresh block
 * leaves the map as it is.
 */
public final class SpatialTransformer extends Module implements ImageLayer {
    private static final int HIDDEN = 2;
    private static final double EPSILON = 1e-5;

    private final Attention attention;
    private final LayerNormImpl norm1;
    private final TokenAttention tokenAttention;
    private final LayerNormImpl norm2;
    private final Mlp mlp;

    /**
     * @param width channels of the map
     * @param heads of both attentions, which divide the width
     * @param tokenWidth values of a token of the condition
     * @param style of the normalisation before the first attention
     */
    public SpatialTransformer(int width, int heads, int tokenWidth, BlockStyle style) {
        super("SpatialTransformer");
        attention = register_module("attention", new Attention(width, heads, Optional.of(style), 1));
        norm1 = register_module("norm1", LayerNorm.of(width, EPSILON));
        tokenAttention = register_module("token_attention", new TokenAttention(width, heads, tokenWidth));
        norm2 = register_module("norm2", LayerNorm.of(width, EPSILON));
        mlp = register_module("mlp", new Mlp(width, HIDDEN * width, Activation.SILU, new Dropout(0)));
        mlp.startAtZero();
    }

    /** The number of weights of such a block. */
    public static long weights(long width, long tokenWidth) {
        long attention = 2 * width + 3 * width * (width + 1) + width * (width + 1);
        long tokens = 2 * width * (width + 1) + 2 * width * (tokenWidth + 1);
        long mlp = HIDDEN * width * (width + 1) + width * (HIDDEN * width + 1);
        return attention + tokens + mlp + 4 * width;
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding) {
        throw new IllegalArgumentException("the network wants the tokens of a condition");
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding, Tensor tokens) {
        long n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
        return Scope.tidy(() -> {
            Tensor mixed = attention.forward(x, embedding); // (N, C, H, W)
            Tensor pixels = mixed.permute(0, 2, 3, 1).reshape(n, h * w, c); // (N, HW, C)
            Tensor told = pixels.add(tokenAttention.forward(norm1.forward(pixels), tokens)); // (N, HW, C)
            Tensor out = told.add(mlp.forward(norm2.forward(told))); // (N, HW, C)
            Tensor map = out.reshape(n, h, w, c).permute(0, 3, 1, 2); // (N, C, H, W)
            return Layout.of(Tensors.dtype(map)).apply(map);
        });
    }
}
