package dev.calotype.model.vit;

import dev.calotype.model.NetworkCost;
import dev.calotype.nn.Activation;
import dev.calotype.nn.transformer.PatchEmbedding;
import dev.calotype.nn.transformer.PatchEmbedding.Stem;
import java.util.Locale;

/**
 * The shape of a {@link VisionTransformer}.
 *
 * @param patch pixels per side of a patch
 * @param width D, the values of a token
 * @param depth blocks
 * @param heads of attention, which divide the width
 * @param hidden values between the two layers of an MLP
 * @param stem how patches become tokens
 * @param position how tokens know where they are
 * @param pool what classes are read from
 * @param registers tokens that stand for no patch and are read by nobody (Darcet et al. 2023)
 * @param distillation whether there is a token for a teacher
 * @param dropout after the position embedding and the layers of both branches, in [0, 1)
 * @param stochasticDepth the rate of the last block; it grows evenly from 0 at the first
 * @param layerScale where the factors of residual branches start; 0 for none
 * @param epsilon of all normalisations
 */
public record VisionTransformerConfig(
        int patch,
        int width,
        int depth,
        int heads,
        int hidden,
        Stem stem,
        Position position,
        Pool pool,
        int registers,
        Distillation distillation,
        double dropout,
        double stochasticDepth,
        double layerScale,
        double epsilon) {
    /** How tokens know where they are. */
    public enum Position {
        /** A trained row for each place (Dosovitskiy et al. 2020). */
        LEARNED,
        /** Fixed sines and cosines of row and column. */
        SIN_COS
    }

    /** What the classes are read from. */
    public enum Pool {
        /** The class token, normalised (Dosovitskiy et al. 2020). */
        CLASS_TOKEN,
        /** The mean of the normalised patches; there is no class token (Beyer et al. 2022). */
        MEAN,
        /** The mean of the patches, normalised afterwards, as timm's {@code global_pool="avg"}; there is no class token. */
        MEAN_THEN_NORM,
        /**
         * What one trained query finds among the normalised patches, with an MLP after it, as in SigLIP (Zhai et al. 2023); there is
         * no class token.
         */
        ATTENTION,
        /** Class token and mean of the patches side by side, as DINOv2's linear classifiers. */
        CLASS_AND_MEAN;

        /** Whether there is a class token. */
        public boolean hasClassToken() {
            return this == CLASS_TOKEN || this == CLASS_AND_MEAN;
        }
    }

    /** Where the published networks differ in their layers. */
    public enum Variant {
        /** The Vision Transformer itself. */
        STANDARD(Activation.GELU),
        /** open_clip's: tokens are normalised before the first block, and patches have no bias. */
        CLIP(Activation.GELU),
        /** OpenAI's CLIP: as {@link #CLIP}, with its approximation of GELU. */
        CLIP_QUICK(Activation.QUICK_GELU),
        /** SigLIP's, with the other approximation of GELU. */
        SIGLIP(Activation.GELU_TANH);

        private final Activation activation;

        Variant(Activation activation) {
            this.activation = activation;
        }

        /** What stands between the layers of an MLP. */
        public Activation activation() {
            return activation;
        }

        /** Whether tokens are normalised before the first block. */
        public boolean normalizesTokens() {
            return this == CLIP || this == CLIP_QUICK;
        }
    }

    /** Whether there is a token that learns from a teacher (DeiT, Touvron et al. 2021). */
    public enum Distillation {
        NONE,
        /** There is one, and no classes are read from it. */
        TOKEN,
        /** There is one with a classifier of its own; the logits of both are averaged. */
        HEAD
    }

    /** The published sizes. */
    public enum Size {
        TINY(192, 12, 3),
        SMALL(384, 12, 6),
        BASE(768, 12, 12),
        LARGE(1024, 24, 16),
        HUGE(1280, 32, 16);
        private final int width, depth, heads;

        Size(int width, int depth, int heads) {
            this.width = width;
            this.depth = depth;
            this.heads = heads;
        }

        /** The name of a network of this size and patch, such as {@code vit-b16}. */
        public String name(int patch) {
            String letters = this == TINY ? "ti" : name().substring(0, 1).toLowerCase(Locale.ROOT);
            return "vit-" + letters + patch;
        }
    }

    public VisionTransformerConfig {
        require(patch >= 1 && patch <= 1024, "patch must be in 1..1024", patch);
        require(width >= 1 && width <= 65_536, "width must be in 1..65536", width);
        require(depth >= 1 && depth <= 1000, "depth must be in 1..1000", depth);
        require(heads >= 1 && width % heads == 0, "heads must divide the width " + width, heads);
        require(hidden >= 1 && hidden <= 1_000_000, "hidden must be in 1..1000000", hidden);
        require(registers >= 0 && registers <= 1000, "registers must be in 0..1000", registers);
        require(dropout >= 0 && dropout < 1, "dropout must be in [0, 1)", dropout);
        require(stochasticDepth >= 0 && stochasticDepth < 1, "stochasticDepth must be in [0, 1)", stochasticDepth);
        require(layerScale >= 0 && layerScale <= 10, "layerScale must be in 0..10", layerScale);
        require(epsilon > 0 && epsilon <= 1, "epsilon must be in (0, 1]", epsilon);
        require(
                distillation == Distillation.NONE || pool == Pool.CLASS_TOKEN,
                "distillation needs the pool class-token",
                pool);
        require(
                position == Position.LEARNED || width % 4 == 0 && width >= 8,
                "width must be a multiple of 4 for sin-cos positions",
                width);
        if (stem == Stem.CONVOLUTIONS) PatchEmbedding.widths(patch, width);
        require(
                stem != Stem.RESNET || patch % PatchEmbedding.RESNET_FACTOR == 0,
                "patch must be a multiple of " + PatchEmbedding.RESNET_FACTOR + " for the stem of a ResNet",
                patch);
    }

    private static void require(boolean holds, String rule, Object value) {
        if (!holds) throw new IllegalArgumentException(rule + ": " + value);
    }

    /** A published size: patches, a class token, learned positions. */
    public static VisionTransformerConfig of(Size size, int patch) {
        return new VisionTransformerConfig(
                patch,
                size.width,
                size.depth,
                size.heads,
                4 * size.width,
                Stem.PATCHES,
                Position.LEARNED,
                Pool.CLASS_TOKEN,
                0,
                Distillation.NONE,
                0,
                0,
                0,
                1e-6);
    }

    /**
     * What stands around the blocks.
     *
     * @param size pixels per side of pictures, a multiple of the patch
     * @param channels of pictures
     * @param classes K; 0 for a network that gives features alone
     */
    public record Ports(int size, int channels, int classes) {
        public Ports {
            require(size >= 1 && size <= 16_384, "size must be in 1..16384", size);
            require(channels >= 1 && channels <= 1024, "channels must be in 1..1024", channels);
            require(classes >= 0 && classes <= 10_000_000, "classes must be in 0..10000000", classes);
        }
    }

    /**
     * Patches per side of a picture.
     *
     * @throws IllegalArgumentException unless {@code size} is a multiple of the patch
     */
    public int grid(int size) {
        require(size % patch == 0, "size must be a multiple of the patch " + patch, size);
        return size / patch;
    }

    /** The tokens before the patches that have a position: those of the class and of a teacher. */
    public int prefix() {
        return (pool.hasClassToken() ? 1 : 0) + (distillation == Distillation.NONE ? 0 : 1);
    }

    /** The values that classes are read from. */
    public int features() {
        return pool == Pool.CLASS_AND_MEAN ? 2 * width : width;
    }

    /** What a network of this shape has, and what a picture costs it. */
    public NetworkCost cost(Ports ports) {
        long d = width, side = grid(ports.size()), patches = side * side;
        long tokens = patches + prefix() + registers;
        NetworkCost.Sum sum = new NetworkCost.Sum();
        long in = ports.channels(), pixels = (long) patch * patch;
        if (stem == Stem.CONVOLUTIONS) {
            long places = patches * pixels, parameters = 0, work = 0;
            for (int out : PatchEmbedding.widths(patch, width)) {
                places /= 4;
                parameters += 9 * in * out + 2L * out;
                work += places * 9 * in * out;
                in = out;
            }
            sum.add("stem", parameters, work);
            pixels = 1;
        }
        if (stem == Stem.RESNET) {
            long filters = (long) PatchEmbedding.RESNET_FILTER
                    * PatchEmbedding.RESNET_FILTER
                    * in
                    * PatchEmbedding.RESNET_CHANNELS;
            sum.add("stem", filters + 2L * PatchEmbedding.RESNET_CHANNELS, patches * pixels / 4 * filters);
            pixels /= PatchEmbedding.RESNET_FACTOR * PatchEmbedding.RESNET_FACTOR;
            in = PatchEmbedding.RESNET_CHANNELS;
        }
        sum.linear("patch embedding", 1, patches, in * pixels, d);
        long positions = position == Position.LEARNED ? patches + prefix() : 0;
        sum.add("tokens and positions", (positions + prefix() + registers) * d, 0);
        sum.add("normalisation", (2L * depth + 1) * 2 * d, 0);
        sum.linear("queries, keys and values", depth, tokens, d, 3 * d);
        sum.add("attention", 0, 2 * depth * tokens * tokens * d);
        sum.linear("attention output", depth, tokens, d, d);
        sum.linear("mlp, first layer", depth, tokens, d, hidden);
        sum.linear("mlp, second layer", depth, tokens, hidden, d);
        if (layerScale > 0) sum.add("layer scale", 2L * depth * d, 0);
        if (pool == Pool.ATTENTION) {
            sum.add("query and its normalisation", 3 * d, 0);
            sum.linear("query of the pool", 1, 1, d, d);
            sum.linear("keys and values of the pool", 1, patches, d, 2 * d);
            sum.add("attention of the pool", 0, 2 * patches * d);
            sum.linear("output of the pool", 1, 1, d, d);
            sum.linear("mlp of the pool, first layer", 1, 1, d, hidden);
            sum.linear("mlp of the pool, second layer", 1, 1, hidden, d);
        }
        if (ports.classes() > 0)
            sum.linear("head", distillation == Distillation.HEAD ? 2 : 1, 1, features(), ports.classes());
        return sum.cost();
    }
}
