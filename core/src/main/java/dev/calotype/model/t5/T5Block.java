package dev.calotype.model.t5;

import dev.calotype.model.t5.T5Config.Mlp;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Attention;
import dev.calotype.nn.Blank;
import dev.calotype.nn.transformer.RmsNorm;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A block of a {@link T5Encoder}; none of its layers has a bias. */
final class T5Block extends Module {
    private final int heads, headWidth;
    private final RmsNorm norm1, norm2;
    private final LinearImpl q, k, v, o, first, gated, second; // gated is null where nothing gates

    T5Block(T5Config config) {
        super("T5Block");
        heads = config.heads();
        headWidth = config.headWidth();
        int width = config.width(), all = heads * headWidth;
        norm1 = register_module("norm1", new RmsNorm(width, config.epsilon()));
        q = register_module("q", Blank.unbiased(width, all));
        k = register_module("k", Blank.unbiased(width, all));
        v = register_module("v", Blank.unbiased(width, all));
        o = register_module("o", Blank.unbiased(all, width));
        norm2 = register_module("norm2", new RmsNorm(width, config.epsilon()));
        first = register_module("wi", Blank.unbiased(width, config.hidden()));
        gated = config.mlp() == Mlp.RELU ? null : register_module("wi_1", Blank.unbiased(width, config.hidden()));
        second = register_module("wo", Blank.unbiased(config.hidden(), width));
    }

    /**
     * @param x (N, K, D)
     * @param bias (1, heads, K, K)
     */
    Tensor forward(Tensor x, Tensor bias) {
        return Scope.tidy(() -> {
            Tensor h = Scope.tidy(() -> x.add(attended(norm1.forward(x), bias))); // (N, K, D)
            return h.add(Scope.tidy(() -> mlp(norm2.forward(h)))); // (N, K, D)
        });
    }

    private Tensor attended(Tensor x, Tensor bias) {
        Tensor mixed = Attention.attendBiased(headed(q, x), headed(k, x), headed(v, x), bias); // (N, heads, K, d)
        return o.forward(mixed.transpose(1, 2).reshape(x.size(0), x.size(1), (long) heads * headWidth)); // (N, K, D)
    }

    private Tensor headed(LinearImpl layer, Tensor x) {
        return layer.forward(x).reshape(x.size(0), x.size(1), heads, headWidth).transpose(1, 2); // (N, heads, K, d)
    }

    private Tensor mlp(Tensor x) {
        if (gated == null) return second.forward(torch.relu(first.forward(x))); // (N, K, D)
        return second.forward(Activation.GELU_TANH.apply(first.forward(x)).mul(gated.forward(x))); // (N, K, D)
    }
}
