package dev.calotype.nn.transformer;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Attention;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Dropout;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * Pooling by attention (Lee et al. 2019; as in SigLIP): what one trained query finds among the tokens, and an MLP on it as a
 * residual branch. Parameter names follow timm.
 */
public final class AttentionPool extends Module {
    private final int heads;
    private final Tensor latent;
    private final LinearImpl q;
    private final LinearImpl kv;
    private final LinearImpl proj;
    private final LayerNormImpl norm;
    private final Mlp mlp;

    /** @param hidden values between the layers of the MLP */
    public AttentionPool(int width, int heads, int hidden, Activation activation, double epsilon) {
        super("AttentionPool");
        this.heads = heads;
        latent = Device.CPU.zeros(1, 1, width).requires_grad_(true);
        register_parameter("latent", latent);
        q = register_module("q", Blank.linear(width, width));
        kv = register_module("kv", Blank.linear(width, 2L * width));
        proj = register_module("proj", Blank.linear(width, width));
        norm = register_module("norm", LayerNorm.of(width, epsilon));
        mlp = register_module("mlp", new Mlp(width, hidden, activation, new Dropout(0)));
    }

    /**
     * @param x (N, L, D)
     * @return (N, D)
     */
    public Tensor forward(Tensor x) {
        long n = x.size(0), length = x.size(1), width = x.size(2), d = width / heads;
        return Scope.tidy(() -> {
            Tensor query = q.forward(latent).expand(n, 1, width).reshape(n, 1, heads, d);
            Tensor[] parts = Tensors.list(kv.forward(x)
                    .reshape(n, length, 2, heads, d)
                    .permute(2, 0, 3, 1, 4)
                    .unbind(0)); // 2 of (N, heads, L, d)
            Tensor found = Attention.attend(
                    query.transpose(1, 2).contiguous(),
                    parts[0].contiguous(),
                    parts[1].contiguous()); // (N, heads, 1, d)
            Tensor h = proj.forward(found.transpose(1, 2).reshape(n, width)); // (N, D)
            return h.add(mlp.forward(norm.forward(h))); // (N, D)
        });
    }
}
