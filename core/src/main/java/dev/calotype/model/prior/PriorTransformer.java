package dev.calotype.model.prior;

import dev.calotype.model.NetworkCost;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Allowance;
import dev.calotype.nn.Attention.Sight;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.Embeddings;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.nn.transformer.LayerNorm;
import dev.calotype.nn.transformer.TransformerBlock;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The causal transformer of unCLIP's prior (Ramesh et al. 2022) as Karlo and Kandinsky have it, over the vector of a caption, the
 * time, a noisy vector of a picture and a learned query, at whose place the vector without noise is read. Without the time it is
 * ECLIPSE's (Patel et al. 2024). Theirs see the words of the caption before all that. Its numbers are those of {@code PriorTransformer}
 * of diffusers with its causal mask, which diffusers leaves out where no {@code attention_mask} is given.
 */
public final class PriorTransformer extends Module {
    /** Whether the network is told how noisy its input is. */
    public enum Timing {
        /** It is, for one that takes noise away in steps. */
        TIMED,
        /** It is not, for one that starts from noise alone. */
        UNTIMED
    }

    /**
     * The shape of the network.
     *
     * @param embedding E, the values of a vector
     * @param width D, the values of a token, even
     * @param depth blocks
     * @param heads of attention, which divide the width
     * @param words of a caption that it sees at most; 0 where it sees its vector alone
     */
    public record Config(int embedding, int width, int depth, int heads, Timing timing, int words) {
        /** Of a network that sees the vector of a caption alone. */
        public Config(int embedding, int width, int depth, int heads, Timing timing) {
            this(embedding, width, depth, heads, timing, 0);
        }

        public Config {
            require(embedding >= 1 && embedding <= 65_536, "embedding must be in 1..65536", embedding);
            require(width >= 2 && width <= 65_536 && width % 2 == 0, "width must be even and in 2..65536", width);
            require(depth >= 1 && depth <= 1000, "depth must be in 1..1000", depth);
            require(heads >= 1 && width % heads == 0, "heads must divide the width " + width, heads);
            require(words >= 0 && words <= 65_536, "words must be in 0..65536", words);
        }

        private static void require(boolean holds, String rule, Object value) {
            if (!holds) throw new IllegalArgumentException(rule + ": " + value);
        }

        /** What the network has, and what one vector costs it in one pass. */
        public NetworkCost cost() {
            long d = width, t = words + tokens();
            NetworkCost.Sum sum = new NetworkCost.Sum()
                    .linear("caption and vector", 2, 1, embedding, d)
                    .add("positions and query", (t + 1) * d, 0);
            if (timing == Timing.TIMED) sum.linear("time", 2, 1, d, d);
            if (words > 0) sum.linear("words", 1, words, embedding, d);
            return sum.add("norms", 2 * d * (2L * depth + 1), 0)
                    .linear("attention", depth, t, d, 3 * d)
                    .add("attention", 0, 2L * depth * t * t * d)
                    .linear("attention", depth, t, d, d)
                    .linear("mlp", depth, t, d, HIDDEN * d)
                    .linear("mlp", depth, t, HIDDEN * d, d)
                    .linear("output", 1, 1, d, embedding)
                    .cost();
        }

        /** The number of tokens after the words. */
        int tokens() {
            return timing == Timing.TIMED ? 4 : 3;
        }
    }

    private static final int HIDDEN = 4;
    private static final double EPSILON = 1e-5;

    private final Config config;
    private final LinearImpl embeddingProjection, input, output;
    private final LinearImpl wordProjection; // null where it sees no words
    private final LinearImpl[] time;
    private final Tensor positions, query;
    private final List<TransformerBlock> blocks = new ArrayList<>();
    private final LayerNormImpl norm;

    /** A network whose weights are still to be read. */
    public PriorTransformer(Config config) {
        super("PriorTransformer");
        this.config = config;
        int width = config.width();
        embeddingProjection = register_module("embedding_proj", Blank.filled(config.embedding(), width));
        input = register_module("proj_in", Blank.filled(config.embedding(), width));
        wordProjection = config.words() == 0
                ? null
                : register_module("encoder_hidden_states_proj", Blank.filled(config.embedding(), width));
        time = config.timing() == Timing.UNTIMED ? null : timing(width);
        Allowance.take(config.words() + config.tokens(), width);
        positions = Device.CPU.zeros(1, config.words() + config.tokens(), width).requires_grad_(true);
        register_parameter("positional_embedding", positions);
        query = Device.CPU.zeros(1, 1, width).requires_grad_(true);
        register_parameter("prd_embedding", query);
        Layers named = new Layers("transformer_blocks");
        register_module("transformer_blocks", named);
        var block = new TransformerBlock.Config(
                width, config.heads(), HIDDEN * width, Activation.GELU, EPSILON, 0, Sight.PAST);
        Dropout none = new Dropout(0);
        for (int i = 0; i < config.depth(); i++)
            blocks.add(named.add(String.valueOf(i), new TransformerBlock(block, none, 0)));
        norm = register_module("norm_out", LayerNorm.of(width, EPSILON));
        output = register_module("proj_to_clip_embeddings", Blank.filled(width, config.embedding()));
    }

    private LinearImpl[] timing(int width) {
        Layers named = new Layers("time_embedding");
        register_module("time_embedding", named);
        return new LinearImpl[] {
            named.add("linear_1", Blank.filled(width, width)), named.add("linear_2", Blank.filled(width, width))
        };
    }

    /** A fresh network. */
    public PriorTransformer(Config config, Rng rng) {
        this(config);
        Initialization.transformer(this, rng.fork(0));
        Scope.read(() -> {
            positions.copy_(Tensors.scale(0.02, rng.fork(1).normal(Tensors.shape(positions))));
            return query.copy_(Tensors.scale(0.02, rng.fork(2).normal(Tensors.shape(query))));
        });
    }

    /** The shape of the network. */
    public Config config() {
        return config;
    }

    /**
     * What the vectors of pictures are.
     *
     * @param noisy fp32 (N, E)
     * @param times fp32 (N), in steps; null for an untimed network
     * @param texts the vectors of captions, fp32 (N, E)
     * @return fp32 (N, E)
     */
    public Tensor forward(Tensor noisy, Tensor times, Tensor texts) {
        return forward(noisy, times, texts, null);
    }

    /**
     * The same of a network that sees words. The place of a word is its own however many there are, so that what fills a caption up to
     * so many is left out, and not masked as it is elsewhere.
     *
     * @param words tokens of captions, fp32 (N, L, E), L at most as many as the network sees; null where it sees none
     */
    public Tensor forward(Tensor noisy, Tensor times, Tensor texts, Tensor words) {
        if ((words == null) != (wordProjection == null) || words != null && words.size(1) > config.words())
            throw new IllegalArgumentException("words of a caption must be at most " + config.words() + ": "
                    + (words == null ? "none" : words.size(1)));
        return Scope.tidy(() -> {
            List<Tensor> tokens = new ArrayList<>();
            tokens.add(embeddingProjection.forward(own(texts))); // (N, D)
            if (time != null) {
                Tensor waves = own(Embeddings.sinusoidal(times, config.width())); // (N, D)
                tokens.add(time[1].forward(torch.silu(time[0].forward(waves)))); // (N, D)
            }
            tokens.add(input.forward(own(noisy))); // (N, D)
            tokens.add(query.squeeze(1).expand(noisy.size(0), -1)); // (N, D)
            Tensor x = Tensors.stack(1, tokens.toArray(Tensor[]::new))
                    .add(positions.narrow(1, config.words(), config.tokens())); // (N, T, D)
            if (words != null)
                x = Tensors.cat(
                        1,
                        wordProjection.forward(own(words)).add(positions.narrow(1, 0, words.size(1))),
                        x); // (N, L + T, D)
            long last = x.size(1) - 1;
            for (TransformerBlock block : blocks) x = block.forward(x); // (N, T, D)
            Tensor read = norm.forward(x.select(1, last)); // (N, D)
            return output.forward(read).to(ScalarType.Float); // (N, E)
        });
    }

    private Tensor own(Tensor x) {
        return Tensors.as(x, input.weight());
    }
}
