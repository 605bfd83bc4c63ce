package dev.calotype.model.vivit;

import dev.calotype.nn.Activation;
import dev.calotype.nn.transformer.TubeletEmbedding.Start;

/**
 * The shape of a {@link Vivit}.
 *
 * @param variant how tokens look at each other
 * @param order of the two attentions of a block of {@link Variant#FACTORISED_SELF_ATTENTION}
 * @param sampled the frames of a clip that are seen, at equal distances; 0 for all
 * @param tubelet frames of a tubelet, which divide those that are seen; 1 for frames of which each is embedded alone
 * @param start how the embedding of tubelets begins
 * @param patch pixels per side of a tubelet
 * @param width D, the values of a token
 * @param depth blocks
 * @param temporalDepth blocks of the second encoder of {@link Variant#FACTORISED_ENCODER}; 0 for the mean of the frames
 * @param heads of attention, which divide the width
 * @param hidden values between the two layers of an MLP
 * @param pool what classes are read from
 * @param activation within an MLP
 * @param dropout after the position embedding and the layers of both branches, in [0, 1)
 * @param stochasticDepth the rate of the last block of an encoder; it grows evenly from 0 at the first
 * @param epsilon of all normalisations
 */
public record VivitConfig(
        Variant variant,
        Order order,
        int sampled,
        int tubelet,
        Start start,
        int patch,
        int width,
        int depth,
        int temporalDepth,
        int heads,
        int hidden,
        Pool pool,
        Activation activation,
        double dropout,
        double stochasticDepth,
        double epsilon) {
    /** The models of the paper (Arnab et al. 2021, section 3.3). */
    public enum Variant {
        /** Model 1: every token looks at every other. */
        SPATIO_TEMPORAL,
        /** Model 2: an encoder for the tokens of each moment, and one for the moments. */
        FACTORISED_ENCODER,
        /** Model 3: in each block one attention in space and one in time. */
        FACTORISED_SELF_ATTENTION,
        /** Model 4: half of the heads look in space, the others in time. */
        FACTORISED_DOT_PRODUCT
    }

    /** Which attention of a block comes first. */
    public enum Order {
        SPACE_TIME,
        TIME_SPACE
    }

    /** What the classes are read from. */
    public enum Pool {
        /** A class token, normalised; not with attention that is factorised within blocks, where it would stand nowhere. */
        CLASS_TOKEN,
        /** The mean of the normalised tokens. */
        MEAN
    }

    public VivitConfig {
        require(sampled >= 0 && sampled <= 4096, "sampled must be in 0..4096", sampled);
        require(tubelet >= 1 && tubelet <= 1024, "tubelet must be in 1..1024", tubelet);
        require(patch >= 1 && patch <= 1024, "patch must be in 1..1024", patch);
        require(width >= 1 && width <= 65_536, "width must be in 1..65536", width);
        require(depth >= 1 && depth <= 1000, "depth must be in 1..1000", depth);
        require(temporalDepth >= 0 && temporalDepth <= 1000, "temporalDepth must be in 0..1000", temporalDepth);
        require(heads >= 1 && width % heads == 0, "heads must divide the width " + width, heads);
        require(
                variant != Variant.FACTORISED_DOT_PRODUCT || heads % 2 == 0,
                "heads must be even where half of them look in space and half in time",
                heads);
        require(hidden >= 1 && hidden <= 1_000_000, "hidden must be in 1..1000000", hidden);
        require(
                pool == Pool.MEAN || !withinBlocks(variant),
                "pool must be mean where attention is factorised within blocks",
                "class-token");
        require(dropout >= 0 && dropout < 1, "dropout must be in [0, 1)", dropout);
        require(stochasticDepth >= 0 && stochasticDepth < 1, "stochasticDepth must be in [0, 1)", stochasticDepth);
        require(epsilon > 0 && epsilon <= 1, "epsilon must be in (0, 1]", epsilon);
    }

    private static void require(boolean holds, String rule, Object value) {
        if (!holds) throw new IllegalArgumentException(rule + ": " + value);
    }

    private static boolean withinBlocks(Variant variant) {
        return variant == Variant.FACTORISED_SELF_ATTENTION || variant == Variant.FACTORISED_DOT_PRODUCT;
    }

    /** ViViT-B/16x2 of the paper; class tokens where there can be one. */
    public static VivitConfig base(Variant variant) {
        return new VivitConfig(
                variant,
                Order.SPACE_TIME,
                0,
                2,
                Start.CENTRAL_FRAME,
                16,
                768,
                12,
                4,
                12,
                3072,
                withinBlocks(variant) ? Pool.MEAN : Pool.CLASS_TOKEN,
                Activation.GELU_TANH,
                0,
                0,
                1e-6);
    }

    /** The same with another number of blocks for the moments. */
    public VivitConfig withTemporalDepth(int blocks) {
        return new VivitConfig(
                variant,
                order,
                sampled,
                tubelet,
                start,
                patch,
                width,
                depth,
                blocks,
                heads,
                hidden,
                pool,
                activation,
                dropout,
                stochasticDepth,
                epsilon);
    }

    /**
     * What stands around the blocks.
     *
     * @param frames T of clips
     * @param size pixels per side of their pictures, a multiple of the patch
     * @param channels of pictures
     * @param classes K; 0 for a network that gives features alone
     */
    public record Ports(int frames, int size, int channels, int classes) {
        public Ports {
            require(frames >= 1 && frames <= 4096, "frames must be in 1..4096", frames);
            require(size >= 1 && size <= 16_384, "size must be in 1..16384", size);
            require(channels >= 1 && channels <= 1024, "channels must be in 1..1024", channels);
            require(classes >= 0 && classes <= 10_000_000, "classes must be in 0..10000000", classes);
        }
    }

    /** Whether space and time are divided within each block. */
    boolean withinBlocks() {
        return withinBlocks(variant);
    }

    /** The tokens before those of tubelets. */
    int prefix() {
        return pool == Pool.CLASS_TOKEN ? 1 : 0;
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

    /**
     * How many tubelets follow each other in a clip.
     *
     * @throws IllegalArgumentException if there are fewer frames than are to be seen, or those are no multiple of the tubelet
     */
    public int moments(int frames) {
        require(sampled <= frames, "sampled must be at most the " + frames + " frames of a clip", sampled);
        int seen = sampled == 0 ? frames : sampled;
        require(seen % tubelet == 0, "tubelet must divide the " + seen + " frames that are seen", tubelet);
        return seen / tubelet;
    }

    /** The indices of the frames that are seen: those in the middle of equal parts of the clip. */
    int[] seen(int frames) {
        int count = sampled == 0 ? frames : sampled;
        int[] seen = new int[count];
        for (int i = 0; i < count; i++) seen[i] = (int) ((2L * i + 1) * frames / (2L * count));
        return seen;
    }
}
