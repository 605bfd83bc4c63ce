package dev.calotype.model.clip;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Allowance;
import dev.calotype.nn.Attention.Sight;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.Layers;
import dev.calotype.nn.transformer.LayerNorm;
import dev.calotype.nn.transformer.TransformerBlock;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.EmbeddingImpl;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The text encoder of CLIP (Radford et al. 2021) and of SigLIP: learned positions, blocks with normalisation before each branch, and
 * one of its outputs as what the text means.
 */
public final class TextTransformer extends Module {
    /** Which output is the text's. */
    public enum Reading {
        /** The one at the largest id, which is the first mark of the end in OpenAI's vocabulary. */
        LARGEST_ID,
        /** The one at the first mark of the end. */
        END,
        /** The one at the last place, padding or not. */
        LAST
    }

    /**
     * The shape of the network.
     *
     * @param vocabulary number of ids
     * @param context ids that it reads at most
     * @param width D, the values of a token
     * @param depth blocks
     * @param heads of attention, which divide the width
     * @param hidden values between the two layers of an MLP
     * @param epsilon of all normalisations
     * @param sight whether a token looks at those after it
     * @param end the id of the mark of the end, for {@link Reading#END}
     */
    public record Config(
            int vocabulary,
            int context,
            int width,
            int depth,
            int heads,
            int hidden,
            Activation activation,
            double epsilon,
            Sight sight,
            Reading reading,
            int end)
            implements Clip.TextSide {
        public Config {
            require(vocabulary >= 3 && vocabulary <= 10_000_000, "vocabulary must be in 3..10000000", vocabulary);
            require(context >= 2 && context <= 65_536, "context must be in 2..65536", context);
            require(width >= 1 && width <= 65_536, "width must be in 1..65536", width);
            require(depth >= 1 && depth <= 1000, "depth must be in 1..1000", depth);
            require(heads >= 1 && width % heads == 0, "heads must divide the width " + width, heads);
            require(hidden >= 1 && hidden <= 1_000_000, "hidden must be in 1..1000000", hidden);
            require(epsilon > 0 && epsilon <= 1, "epsilon must be in (0, 1]", epsilon);
            require(end >= 0 && end < vocabulary, "end must be below the vocabulary " + vocabulary, end);
        }

        private static void require(boolean holds, String rule, Object value) {
            if (!holds) throw new IllegalArgumentException(rule + ": " + value);
        }
    }

    private final Config config;
    private final EmbeddingImpl tokenEmbedding;
    private final Tensor positions;
    private final List<TransformerBlock> blocks = new ArrayList<>();
    private final LayerNormImpl norm;

    /** A network whose weights are still to be drawn or read. */
    public TextTransformer(Config config) {
        super("TextTransformer");
        this.config = config;
        tokenEmbedding = register_module("token_embedding", Blank.embedding(config.vocabulary(), config.width()));
        Allowance.take(config.context(), config.width());
        positions = Device.CPU.zeros(config.context(), config.width()).requires_grad_(true);
        register_parameter("positional_embedding", positions);
        Layers named = new Layers("blocks");
        register_module("blocks", named);
        var block = new TransformerBlock.Config(
                config.width(),
                config.heads(),
                config.hidden(),
                config.activation(),
                config.epsilon(),
                0,
                config.sight());
        Dropout none = new Dropout(0);
        for (int i = 0; i < config.depth(); i++)
            blocks.add(named.add(String.valueOf(i), new TransformerBlock(block, none, 0)));
        norm = register_module("norm", LayerNorm.of(config.width(), config.epsilon()));
    }

    /** The shape of the network. */
    public Config config() {
        return config;
    }

    /**
     * What texts mean.
     *
     * @param ids int64 (N, L), L at most the context
     * @return (N, D)
     * @throws IllegalArgumentException if rows are longer than the context, or an id is not below the vocabulary
     */
    public Tensor forward(Tensor ids) {
        requireReadable(ids);
        return Scope.tidy(() -> {
            Tensor tokens = embedded(ids); // (N, L, D)
            for (TransformerBlock block : blocks) tokens = block.forward(tokens); // (N, L, D)
            return norm.forward(at(tokens, places(ids))); // (N, D)
        });
    }

    /**
     * What stands at every place of texts, as diffusion models of words read it.
     *
     * @param tokens (N, L, D), before the last blocks
     * @param pooled what {@link #forward} answers, (N, D)
     */
    public record States(Tensor tokens, Tensor pooled) {}

    /**
     * Every token of texts, without gradients.
     *
     * @param ids int64 (N, L), L at most the context
     * @param skipped how many of the last blocks are left out of the tokens, and not of what is pooled
     * @param norm whether the tokens pass the last normalisation
     * @throws IllegalArgumentException as {@link #forward}, or if there are fewer blocks
     */
    public States states(Tensor ids, int skipped, Norm norm) {
        return states(ids, skipped, norm, null);
    }

    /**
     * The same where the last ids stand for words that are learned, with gradients.
     *
     * @param words (n, D), of the last n ids of the vocabulary; null for those of the table
     */
    public States states(Tensor ids, int skipped, Norm norm, Tensor words) {
        if (skipped < 0 || skipped >= config.depth())
            throw new IllegalArgumentException(
                    "skipped layers of the text encoder must be in 0.." + (config.depth() - 1) + ": " + skipped);
        requireReadable(ids);
        Tensor[] states = Scope.tidyAll(() -> {
            Tensor tokens = words == null ? embedded(ids) : embedded(ids, words); // (N, L, D)
            Tensor kept = tokens;
            for (int i = 0; i < blocks.size(); i++) {
                tokens = blocks.get(i).forward(tokens); // (N, L, D)
                if (i == blocks.size() - 1 - skipped) kept = tokens;
            }
            Tensor pooled = this.norm.forward(at(tokens, places(ids))); // (N, D)
            return new Tensor[] {norm == Norm.LAST ? this.norm.forward(kept) : kept, pooled};
        });
        return new States(states[0], states[1]);
    }

    /** Whether tokens are normalised as the output is. */
    public enum Norm {
        /** By the last normalisation. */
        LAST,
        /** As the block leaves them. */
        NONE
    }

    private Tensor embedded(Tensor ids) {
        return tokenEmbedding.forward(ids).add(positions.narrow(0, 0, ids.size(1))); // (N, L, D)
    }

    private Tensor embedded(Tensor ids, Tensor words) {
        Scalar first = new Scalar(config.vocabulary() - words.size(0));
        Tensor learned = torch.embedding(words, ids.sub(first).clamp_min(new Scalar(0))); // (N, L, D)
        Tensor all = torch.where(ids.ge(first).unsqueeze(2), learned, tokenEmbedding.forward(ids)); // (N, L, D)
        return all.add(positions.narrow(0, 0, ids.size(1))); // (N, L, D)
    }

    private void requireReadable(Tensor ids) {
        if (ids.size(1) > config.context())
            throw new IllegalArgumentException(
                    "ids must be (N, at most " + config.context() + "): " + Arrays.toString(Tensors.shape(ids)));
        long largest = Scope.read(() -> ids.max().item_long());
        if (largest >= config.vocabulary())
            throw new IllegalArgumentException("the tokenizer has other ids than the text encoder, which knows 0.."
                    + (config.vocabulary() - 1) + ": " + largest);
    }

    /** The place that is read of each text, (N). */
    private Tensor places(Tensor ids) {
        return switch (config.reading()) {
            case LARGEST_ID -> ids.argmax(new LongOptional(1), false);
            case END -> ids.eq(new Scalar(config.end())).to(ScalarType.Int).argmax(new LongOptional(1), false);
            case LAST -> torch.full_like(ids.select(1, 0), new Scalar(ids.size(1) - 1));
        };
    }

    /** The tokens at one place of each row: normalisation is token by token, so it may come afterwards. */
    private static Tensor at(Tensor tokens, Tensor places) {
        long width = tokens.size(2);
        Tensor index = places.reshape(-1, 1, 1).expand(-1, 1, width); // (N, 1, D)
        return tokens.gather(1, index).squeeze(1); // (N, D)
    }
}
