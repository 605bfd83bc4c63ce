package dev.calotype.nn;

import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Conv2dImpl;
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
    private final int heads;
    private final GroupNormImpl norm;
    private final Conv2dImpl qkv;
    private final Conv2dImpl projOut;

    /** @throws IllegalArgumentException unless {@code heads} divides {@code channels} */
    public Attention(int channels, int heads) {
        super("Attention");
        if (heads < 1 || channels % heads != 0)
            throw new IllegalArgumentException("heads must divide the " + channels + " channels: " + heads);
        this.heads = heads;
        norm = register_module("norm", GroupNorm.of(channels));
        qkv = register_module("qkv", Convolutions.same(channels, 3L * channels, 1));
        projOut = register_module("proj_out", Convolutions.zero(Convolutions.same(channels, channels, 1)));
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding) {
        long n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
        return Scope.tidy(() -> {
            Tensor mixed = Scope.tidy(() -> {
                Tensor[] parts = Scope.tidyAll(() -> project(x)); // 3 of (N, heads, HW, d)
                return attend(parts[0], parts[1], parts[2]);
            }); // (N, heads, HW, d)
            Tensor image = mixed.transpose(1, 2).reshape(n, h, w, c).permute(0, 3, 1, 2); // (N, C, H, W)
            return x.add(projOut.forward(image)); // (N, C, H, W)
        });
    }

    private Tensor[] project(Tensor x) {
        long n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
        Tensor projected = Scope.tidy(() -> qkv.forward(GroupNorm.apply(norm, x))); // (N, 3C, H, W)
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
        if (q.is_cuda() || Tensors.dtype(q) != ScalarType.BFloat16) return Kernels.fusedAttention(q, k, v);
        long n = q.size(0), heads = q.size(1), length = q.size(2), d = q.size(3);
        Tensor weights = weights(q, k); // (N heads, length, keys)
        return torch.bmm(weights, v.reshape(n * heads, v.size(2), d)).view(n, heads, length, d);
    }

    /** softmax(q k' / sqrt(d)) for (N, heads, length, d), as (N heads, length, keys). */
    public static Tensor weights(Tensor q, Tensor k) {
        long n = q.size(0), heads = q.size(1), length = q.size(2), d = q.size(3);
        Scalar scale = new Scalar(1 / Math.sqrt(d));
        Tensor flatK = k.reshape(n * heads, k.size(2), d).transpose(1, 2);
        Tensor scores =
                torch.baddbmm(q.new_empty(1, 1, 1), q.reshape(n * heads, length, d), flatK, new Scalar(0.0), scale);
        Tensor weights = torch.softmax(scores, -1);
        scores.close(); // as large as the weights
        return weights;
    }
}
