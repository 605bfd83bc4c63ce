package dev.calotype.model.bert;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Attention;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Layers;
import dev.calotype.nn.transformer.LayerNorm;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** A block of a transformer encoder with normalisation after each branch, as BERT has it. */
final class BertBlock extends Module {
    private final int heads;
    private final LinearImpl query, key, value, attended, wide, narrow;
    private final LayerNormImpl norm1, norm2;

    BertBlock(Bert.Config config) {
        super("BertBlock");
        heads = config.heads();
        int width = config.width();
        Layers attention = register_module("attention", new Layers("attention"));
        Layers self = attention.add("self", new Layers("self"));
        query = self.add("query", Blank.linear(width, width));
        key = self.add("key", Blank.linear(width, width));
        value = self.add("value", Blank.linear(width, width));
        Layers after = attention.add("output", new Layers("output"));
        attended = after.add("dense", Blank.linear(width, width));
        norm1 = after.add("LayerNorm", LayerNorm.of(width, config.epsilon()));
        wide = register_module("intermediate", new Layers("intermediate"))
                .add("dense", Blank.linear(width, config.hidden()));
        Layers last = register_module("output", new Layers("output"));
        narrow = last.add("dense", Blank.linear(config.hidden(), width));
        norm2 = last.add("LayerNorm", LayerNorm.of(width, config.epsilon()));
    }

    /**
     * @param x (N, K, D)
     * @param length of the tokens that are looked at, the first of them
     */
    Tensor forward(Tensor x, long length) {
        return Scope.tidy(() -> {
            Tensor seen = x.narrow(1, 0, length); // (N, L, D)
            Tensor mixed = Attention.attend(
                    split(query.forward(x)), split(key.forward(seen)), split(value.forward(seen))); // (N, heads, K, d)
            Tensor rows = mixed.transpose(1, 2).reshape(x.size(0), x.size(1), x.size(2)); // (N, K, D)
            Tensor h = norm1.forward(attended.forward(rows).add(x)); // (N, K, D)
            Tensor out = narrow.forward(Activation.GELU.apply(wide.forward(h))); // (N, K, D)
            return norm2.forward(out.add(h)); // (N, K, D)
        });
    }

    private Tensor split(Tensor x) {
        long d = x.size(2) / heads;
        return x.reshape(x.size(0), x.size(1), heads, d).transpose(1, 2); // (N, heads, L, d)
    }
}
