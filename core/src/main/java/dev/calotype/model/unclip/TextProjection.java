package dev.calotype.model.unclip;

import dev.calotype.nn.Blank;
import dev.calotype.nn.transformer.LayerNorm;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/**
 * What Karlo's decoder is told of a picture's vector and of a text (Ramesh et al. 2022, section 2.1). Parameter names are those of
 * diffusers' {@code UnCLIPTextProjModel}.
 */
public final class TextProjection extends Module {
    /**
     * The shape of the network.
     *
     * @param vector E, the values of a vector of CLIP and of a token of its text encoder
     * @param embedding D, of what is added to the time
     * @param tokens W, the values of a token that the decoder looks at
     * @param extra tokens that a picture's vector becomes
     */
    public record Config(int vector, int embedding, int tokens, int extra) {
        public Config {
            within("the values of a vector", vector, 65_536);
            within("the values of the embedding", embedding, 65_536);
            within("the values of a token", tokens, 65_536);
            within("the tokens of a picture", extra, 1024);
        }

        private static void within(String name, int value, int most) {
            if (value < 1 || value > most)
                throw new IllegalArgumentException(name + " must be in 1.." + most + ": " + value);
        }
    }

    private static final double EPSILON = 1e-5;

    private final Config config;
    private final Tensor absent;
    private final LinearImpl text, picture, extra, words;
    private final LayerNormImpl norm;

    /** A network whose weights are still to be read. */
    public TextProjection(Config config) {
        super("TextProjection");
        this.config = config;
        absent = Device.CPU.zeros(config.vector()).requires_grad_(true);
        register_parameter("learned_classifier_free_guidance_embeddings", absent);
        text = register_module("embedding_proj", Blank.linear(config.vector(), config.embedding()));
        picture = register_module(
                "clip_image_embeddings_project_to_time_embeddings", Blank.linear(config.vector(), config.embedding()));
        extra = register_module(
                "clip_extra_context_tokens_proj",
                Blank.linear(config.vector(), (long) config.extra() * config.tokens()));
        words = register_module("encoder_hidden_states_proj", Blank.linear(config.vector(), config.tokens()));
        norm = register_module("text_encoder_hidden_states_norm", LayerNorm.of(config.tokens(), EPSILON));
    }

    /** The shape of the network. */
    public Config config() {
        return config;
    }

    /**
     * What the decoder is told, without gradients.
     *
     * @param pictures vectors of pictures, fp32 (N, E); null for what stands for none
     * @param texts vectors of texts, fp32 (N, E)
     * @param tokens of texts, fp32 (N, K, E)
     * @return tokens of pictures first, then those of texts
     */
    public UnclipUNet.Told told(Tensor pictures, Tensor texts, Tensor tokens) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor[] told = Scope.tidyAll(() -> {
                long n = texts.size(0);
                Tensor seen =
                        pictures == null ? absent.unsqueeze(0).expand(n, config.vector()) : own(pictures); // (N, E)
                Tensor added = picture.forward(seen).add(text.forward(own(texts))); // (N, D)
                Tensor first = extra.forward(seen)
                        .reshape(n, config.tokens(), config.extra())
                        .permute(0, 2, 1); // (N, extra, W): values stand before tokens in what the layer makes
                Tensor rest = norm.forward(words.forward(own(tokens))); // (N, K, W)
                return new Tensor[] {added, Tensors.cat(1, first, rest)};
            });
            return new UnclipUNet.Told(told[0], told[1]);
        }
    }

    private Tensor own(Tensor x) {
        return Tensors.as(x, text.weight());
    }
}
