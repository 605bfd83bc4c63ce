package dev.calotype.model.t5;

import dev.calotype.nn.Blank;
import dev.calotype.nn.Layers;
import dev.calotype.nn.transformer.RmsNorm;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * The text encoder of T5 (Raffel et al. 2020). All tokens of a row are seen, also those that fill it: so Stable Diffusion 3 was trained.
 */
public final class T5Encoder extends Module {
    private final T5Config config;
    private final EmbeddingImpl table, bias; // a bias of each bucket and head
    private final Layers named = new Layers("blocks");
    private final List<T5Block> blocks = new ArrayList<>();
    private final RmsNorm norm;

    /** A network whose weights are still to be read. */
    public T5Encoder(T5Config config) {
        super("T5Encoder");
        this.config = config;
        table = register_module("shared", Blank.embedding(config.vocabulary(), config.width()));
        bias = register_module("bias", Blank.embedding(config.buckets(), config.heads()));
        register_module("blocks", named);
        for (int i = 0; i < config.depth(); i++) blocks.add(named.add(String.valueOf(i), new T5Block(config)));
        norm = register_module("norm", new RmsNorm(config.width(), config.epsilon()));
    }

    /** The shape of the network. */
    public T5Config config() {
        return config;
    }

    /**
     * The states of the tokens of texts, without gradients.
     *
     * @param ids (N, K), whole numbers
     * @return (N, K, D)
     */
    public Tensor forward(Tensor ids) {
        return Scope.inference(() -> {
            Tensor h = table.forward(ids); // (N, K, D)
            Tensor biases = biases((int) ids.size(1)); // (1, heads, K, K)
            for (T5Block block : blocks) h = block.forward(h, biases); // (N, K, D)
            return norm.forward(h);
        });
    }

    private Tensor biases(int length) {
        int[] buckets = new int[length * length];
        for (int query = 0; query < length; query++)
            for (int key = 0; key < length; key++) buckets[query * length + key] = config.bucket(key - query);
        Tensor rows = bias.forward(Device.of(bias.weight()).move(Tensors.of(buckets))); // (K K, heads)
        return rows.reshape(1, length, length, config.heads()).permute(0, 3, 1, 2); // (1, heads, K, K)
    }
}
