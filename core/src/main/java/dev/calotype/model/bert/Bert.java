package dev.calotype.model.bert;

import dev.calotype.nn.Blank;
import dev.calotype.nn.Bounds;
import dev.calotype.nn.Layers;
import dev.calotype.nn.transformer.LayerNorm;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * The encoder of BERT (Devlin et al. 2019), also that of RoBERTa and MiniLM: every token of a text looks at all others. Parameter names
 * are those of transformers' {@code BertModel}.
 */
public final class Bert extends Module {
    /**
     * The shape of the network.
     *
     * @param vocabulary number of ids
     * @param positions rows of their table
     * @param types rows of the table of segments, of which texts have the first
     * @param width D, the values of a token
     * @param depth blocks
     * @param heads of attention, which divide the width
     * @param hidden values between the two layers of an MLP
     * @param epsilon of all normalisations
     */
    public record Config(
            int vocabulary, int positions, int types, int width, int depth, int heads, int hidden, double epsilon) {
        public Config {
            Bounds.within("vocabulary", vocabulary, 3, 10_000_000);
            Bounds.within("positions", positions, 3, 1_000_000);
            Bounds.within("types of tokens", types, 1, 1000);
            Bounds.within("width", width, 1, 65_536);
            Bounds.within("depth", depth, 1, 1000);
            Bounds.within("hidden", hidden, 1, 1_000_000);
            if (heads < 1 || width % heads != 0)
                throw new IllegalArgumentException("heads must divide the width " + width + ": " + heads);
            if (!(epsilon > 0 && epsilon <= 1))
                throw new IllegalArgumentException("epsilon must be in (0, 1]: " + epsilon);
        }
    }

    private final Config config;
    private final EmbeddingImpl words, positions, types;
    private final LayerNormImpl norm;
    private final List<BertBlock> blocks = new ArrayList<>();

    /** A network whose weights are still to be read. */
    public Bert(Config config) {
        super("Bert");
        this.config = config;
        Layers embeddings = register_module("embeddings", new Layers("embeddings"));
        words = embeddings.add("word_embeddings", Blank.embedding(config.vocabulary(), config.width()));
        positions = embeddings.add("position_embeddings", Blank.embedding(config.positions(), config.width()));
        types = embeddings.add("token_type_embeddings", Blank.embedding(config.types(), config.width()));
        norm = embeddings.add("LayerNorm", LayerNorm.of(config.width(), config.epsilon()));
        Layers named = register_module("encoder", new Layers("encoder")).add("layer", new Layers("layer"));
        for (int i = 0; i < config.depth(); i++) blocks.add(named.add(String.valueOf(i), new BertBlock(config)));
    }

    /** The shape of the network. */
    public Config config() {
        return config;
    }

    /**
     * What stands at every token of texts of the same length.
     *
     * @param ids int64 (N, L), L at most the positions
     * @return (N, L, D)
     */
    public Tensor forward(Tensor ids) {
        long length = ids.size(1);
        int[] places = IntStream.range(0, (int) length).toArray();
        return Scope.tidy(() -> {
            Tensor row = Device.of(ids).move(Tensors.of(places)).unsqueeze(0); // (1, L)
            return forward(ids, row, length); // (N, L, D)
        });
    }

    /**
     * The same of texts with something behind them that fills the rows: nobody looks at it, but it looks at the text.
     *
     * @param ids int64 (N, K)
     * @param places the positions of the ids, int64 (N or 1, K)
     * @param length of the tokens that are the texts, the first of them
     * @return (N, K, D)
     */
    public Tensor forward(Tensor ids, Tensor places, long length) {
        return Scope.tidy(() -> {
            Tensor x = words.forward(ids)
                    .add(positions.forward(places))
                    .add(types.weight().narrow(0, 0, 1)); // (N, K, D)
            Tensor h = norm.forward(x);
            for (BertBlock block : blocks) h = block.forward(h, length); // (N, K, D)
            return h;
        });
    }
}
