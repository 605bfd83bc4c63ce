package dev.calotype.model.unclip;

import dev.calotype.model.unclip.UnclipUNet.Told;
import dev.calotype.nn.Allowance;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Bounds;
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
 * What Karlo's decoder is told of the vector of a picture, of a text, and of the text's words (Ramesh et al. 2022, section 2.1).
 * Parameter names are those of diffusers' {@code UnCLIPTextProjModel}.
 */
public final class TextProjection extends Module {
    private static final double EPSILON = 1e-5;

    /**
     * The shape of the network.
     *
     * @param vector E, the values of vectors of pictures and texts, and of words
     * @param embedding D, of what is added to the time
     * @param tokens W, the values of a token
     * @param count tokens that are made of the vector of a picture
     */
    public record Config(int vector, int embedding, int tokens, int count) {
        public Config {
            Bounds.within("the values of a vector", vector, 1, 65_536);
            Bounds.within("the width of what is added to the time", embedding, 1, 65_536);
            Bounds.within("the width of a token", tokens, 1, 65_536);
            Bounds.within("the tokens of a picture", count, 1, 1024);
        }
    }

    private final Config config;
    private final Tensor nothing;
    private final LinearImpl text, picture, extra, words;
    private final LayerNormImpl norm;

    /** A network whose weights are still to be read. */
    public TextProjection(Config config) {
        super("TextProjection");
        this.config = config;
        int vector = config.vector(), tokens = config.tokens();
        Allowance.take(vector, 1);
        nothing = Device.CPU.zeros(vector).requires_grad_(true);
        register_parameter("learned_classifier_free_guidance_embeddings", nothing);
        text = register_module("embedding_proj", Blank.linear(vector, config.embedding()));
        picture = register_module(
                "clip_image_embeddings_project_to_time_embeddings", Blank.linear(vector, config.embedding()));
        extra = register_module("clip_extra_context_tokens_proj", Blank.linear(vector, config.count() * tokens));
        words = register_module("encoder_hidden_states_proj", Blank.linear(vector, tokens));
        norm = register_module("text_encoder_hidden_states_norm", LayerNorm.of(tokens, EPSILON));
    }

    /** The shape of the network. */
    public Config config() {
        return config;
    }

    /** The vector that stands for no picture, (1, E). */
    public Tensor nothing() {
        try (NoGradGuard guard = new NoGradGuard()) {
            return nothing.detach().unsqueeze(0);
        }
    }

    /**
     * What the decoder is told, without gradients. As many tokens as are made of a picture stand before those of words; of what is made
     * of it, neighbours belong to different tokens.
     *
     * @param pictures (N, E)
     * @param texts (N, E)
     * @param said words of the texts, without what fills them up, (N, L, E)
     */
    public Told told(Tensor pictures, Tensor texts, Tensor said) {
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor[] told = Scope.tidyAll(() -> {
                Tensor own = Tensors.as(pictures, text.weight()); // (N, E)
                Tensor added = text.forward(Tensors.as(texts, own)).add(picture.forward(own)); // (N, D)
                Tensor made = extra.forward(own)
                        .reshape(own.size(0), config.tokens(), config.count())
                        .transpose(1, 2); // (N, K, W)
                Tensor heard = norm.forward(words.forward(Tensors.as(said, own))); // (N, L, W)
                return new Tensor[] {added, Tensors.cat(1, made, heard)};
            });
            return new Told(told[0], told[1]);
        }
    }
}
