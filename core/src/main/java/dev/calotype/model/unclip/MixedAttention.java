package dev.calotype.model.unclip;

import dev.calotype.nn.Attention;
import dev.calotype.nn.Blank;
import dev.calotype.nn.BlockStyle;
import dev.calotype.nn.GroupNorm;
import dev.calotype.nn.ImageLayer;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * Residual attention of the pixels of a map to tokens and to all pixels at once (GLIDE, Nichol et al. 2021): the keys and values of
 * tokens stand before those of pixels.
 */
final class MixedAttention extends Module implements ImageLayer {
    private static final double EPSILON = 1e-5;

    private final int heads;
    private final GroupNormImpl norm;
    private final LinearImpl qkv, told, proj;

    MixedAttention(int width, int heads, int tokens, BlockStyle style) {
        super("MixedAttention");
        this.heads = heads;
        BlockStyle own = new BlockStyle(style.groups(), EPSILON, style.activation(), 1);
        norm = register_module("norm", GroupNorm.of(width, own));
        qkv = register_module("qkv", Blank.linear(width, 3L * width));
        told = register_module("told", Blank.linear(tokens, 2L * width));
        proj = register_module("proj", Blank.linear(width, width));
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding) {
        throw new IllegalStateException("an attention to tokens wants tokens");
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding, Tensor tokens) {
        long n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
        return Scope.tidy(() -> {
            Tensor mixed = Scope.tidy(() -> {
                Tensor rows = GroupNorm.apply(norm, x).permute(0, 2, 3, 1).reshape(n, h * w, c); // (N, HW, C)
                Tensor[] own = split(qkv.forward(rows), 3); // 3 of (N, heads, HW, d)
                Tensor[] theirs = split(told.forward(tokens), 2); // 2 of (N, heads, K, d)
                Tensor keys = Tensors.cat(2, theirs[0], own[1]); // (N, heads, K + HW, d)
                return Attention.attend(own[0], keys, Tensors.cat(2, theirs[1], own[2]));
            }); // (N, heads, HW, d)
            Tensor out = proj.forward(mixed.transpose(1, 2).reshape(n, h * w, c)); // (N, HW, C)
            return x.add(out.reshape(n, h, w, c).permute(0, 3, 1, 2)); // (N, C, H, W)
        });
    }

    private Tensor[] split(Tensor rows, int parts) {
        long n = rows.size(0), length = rows.size(1), d = rows.size(2) / parts / heads;
        return Tensors.list(rows.reshape(n, length, parts, heads, d)
                .permute(2, 0, 3, 1, 4)
                .contiguous()
                .unbind(0)); // parts of (N, heads, L, d)
    }
}
