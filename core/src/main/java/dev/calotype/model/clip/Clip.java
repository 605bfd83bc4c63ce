package dev.calotype.model.clip;

import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.model.vit.VisionTransformerConfig.Variant;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Initialization;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Pictures and texts in one space (CLIP, Radford et al. 2021; SigLIP, Zhai et al. 2023): a vision transformer and a text
 * transformer whose outputs are mapped to vectors of length 1. The nearer two of them, the better picture and text go together.
 */
public final class Clip extends Module {
    /** How outputs are mapped, and what the likeness of two vectors is multiplied by. */
    public enum Family {
        /** Both outputs are multiplied by a matrix; the scale of the likeness is learned. */
        CLIP,
        /** The same with a learned offset of the likeness, for the pairwise sigmoid loss. */
        CLIP_WITH_BIAS,
        /** SigLIP's: the picture's output is taken as it is, the text's has a matrix and a bias; scale and offset. */
        SIGLIP;

        boolean hasBias() {
            return this != CLIP;
        }
    }

    /** What texts come as. */
    public sealed interface TextSide permits TextTransformer.Config, Locked {
        /** D, the values that are mapped to a vector. */
        int width();
    }

    /**
     * Vectors of a text encoder that does not learn and is no part of this: only how they are mapped is learned.
     *
     * @param width D, their values
     */
    public record Locked(int width) implements TextSide {
        public Locked {
            if (width < 1 || width > 65_536) throw new IllegalArgumentException("width must be in 1..65536: " + width);
        }
    }

    /**
     * The shape of the network.
     *
     * @param ports of the image encoder; there are no classes
     * @param embedding E, the values of a vector
     */
    public record Config(
            VisionTransformerConfig vision, Variant variant, Ports ports, TextSide text, int embedding, Family family) {
        public Config {
            if (ports.classes() != 0)
                throw new IllegalArgumentException("classes of an image encoder must be 0: " + ports.classes());
            if (embedding < 1 || embedding > 65_536)
                throw new IllegalArgumentException("embedding must be in 1..65536: " + embedding);
            if (family == Family.SIGLIP && embedding != vision.features())
                throw new IllegalArgumentException(
                        "embedding must be the width of the image encoder, " + vision.features() + ": " + embedding);
        }
    }

    /** The largest scale of a likeness, as in OpenAI's training. */
    public static final double MAX_SCALE = 100;

    private static final double CLIP_SCALE = 1 / 0.07, SIGLIP_SCALE = 10, SIGLIP_BIAS = -10;

    private final Config config;
    private final VisionTransformer visual;
    private final TextTransformer text; // null where texts come as vectors
    private final LinearImpl visualProjection, textProjection;
    private final Tensor logitScale, logitBias;

    /** A network whose weights are still to be read. */
    public Clip(Config config) {
        super("Clip");
        this.config = config;
        visual = register_module("visual", new VisionTransformer(config.vision(), config.ports(), config.variant()));
        text = config.text() instanceof TextTransformer.Config own
                ? register_module("text", new TextTransformer(own))
                : null;
        boolean siglip = config.family() == Family.SIGLIP;
        visualProjection =
                siglip ? null : projection("visual_projection", config.vision().features(), false);
        textProjection = projection("text_projection", config.text().width(), siglip);
        double scale = config.family().hasBias() ? SIGLIP_SCALE : CLIP_SCALE;
        logitScale = scalar("logit_scale", Math.log(scale));
        logitBias = config.family().hasBias() ? scalar("logit_bias", SIGLIP_BIAS) : null;
    }

    /** A fresh network. */
    public Clip(Config config, Rng rng) {
        this(config);
        Initialization.transformer(visual, rng.fork(0));
        if (text != null) Initialization.transformer(text, rng.fork(1));
        Scope.read(() -> {
            if (visualProjection != null) draw(visualProjection.weight(), rng.fork(2));
            return draw(textProjection.weight(), rng.fork(3));
        });
    }

    private static Tensor draw(Tensor matrix, Rng rng) {
        return matrix.copy_(Tensors.scale(1 / Math.sqrt(matrix.size(1)), rng.normal(Tensors.shape(matrix))));
    }

    private LinearImpl projection(String name, int width, boolean bias) {
        LinearOptions options = new LinearOptions(width, config.embedding());
        options.bias().put(bias);
        return register_module(name, Blank.linear(options));
    }

    private Tensor scalar(String name, double value) {
        Tensor scalar = Device.CPU.zeros(1).fill_(new Scalar(value)).requires_grad_(true);
        register_parameter(name, scalar);
        return scalar;
    }

    /** The shape of the network. */
    public Config config() {
        return config;
    }

    /**
     * The vectors of pictures, of length 1.
     *
     * @param x fp32 (N, C, H, W), as the image encoder wants pixels
     * @return fp32 (N, E)
     */
    public Tensor pictures(Tensor x) {
        return Scope.tidy(() -> {
            Tensor features = visual.features(x); // (N, D)
            if (visualProjection == null) return unit(features);
            return unit(visualProjection.forward(Tensors.as(features, visualProjection.weight()))); // (N, E)
        });
    }

    /**
     * The vectors of texts, of length 1.
     *
     * @param texts ids, int64 (N, L), or the vectors of a locked encoder, fp32 (N, D)
     * @return fp32 (N, E)
     */
    public Tensor texts(Tensor texts) {
        return Scope.tidy(() -> {
            Tensor read = text == null ? Tensors.as(texts, textProjection.weight()) : text.forward(texts); // (N, D)
            return unit(textProjection.forward(read)); // (N, E)
        });
    }

    /**
     * What the text encoder has at each token of texts, after its last normalisation and before they are mapped to vectors.
     *
     * @param ids int64 (N, L)
     * @return fp32 (N, L, D)
     * @throws IllegalStateException if texts come as vectors
     */
    public Tensor words(Tensor ids) {
        if (text == null) throw new IllegalStateException("the text encoder is no part of this");
        return Scope.tidy(
                () -> text.states(ids, 0, TextTransformer.Norm.LAST).tokens().to(ScalarType.Float));
    }

    private static Tensor unit(Tensor x) {
        Tensor exact = x.to(ScalarType.Float);
        Tensor squares = exact.mul(exact).sum(new long[] {1}, true, new ScalarTypeOptional());
        return exact.mul(torch.rsqrt(squares.add(new Scalar(1e-24)))); // (N, E)
    }

    /** The logarithm of the scale of a likeness, (1). */
    public Tensor logScale() {
        return logitScale;
    }

    /** What is added to a scaled likeness, (1); null where nothing is. */
    public Tensor bias() {
        return logitBias;
    }

    /** How likely each picture and each text go together: scaled likeness plus offset, fp32 (pictures, texts). */
    public Tensor logits(Tensor pictures, Tensor texts) {
        return Scope.tidy(() -> {
            Tensor scaled = pictures.matmul(texts.t())
                    .mul(logitScale.to(ScalarType.Float).exp()); // (N, M)
            return logitBias == null ? scaled : scaled.add(logitBias.to(ScalarType.Float));
        });
    }
}
