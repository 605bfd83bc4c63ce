package dev.calotype.model.latent;

import dev.calotype.nn.Activation;
import dev.calotype.nn.BlockStyle;
import dev.calotype.nn.Bounds;
import dev.calotype.nn.Downsample.Border;
import dev.calotype.nn.Embeddings.Order;
import java.util.List;

/**
 * The shape of a {@link LatentUNet}.
 *
 * @param in channels that come in: those of latents, and for inpainting a mask and latents besides
 * @param out channels that go out
 * @param levels finest first; each further level halves the resolution
 * @param middleDepth transformer blocks of the middle
 * @param tokens W, the values of a token of a text
 * @param groups of normalisations
 * @param epsilon of normalisations of residual blocks
 * @param border where the zeros lie that continue a map that is halved
 */
public record LatentUNetConfig(
        int in,
        int out,
        List<Level> levels,
        int middleDepth,
        int tokens,
        int groups,
        double epsilon,
        Activation activation,
        Border border,
        Time time,
        Added added) {
    /**
     * A level.
     *
     * @param width channels
     * @param blocks residual blocks on the way down; one more on the way up
     * @param depth transformer blocks after each of them; 0 for no attention
     * @param heads of attention
     */
    public record Level(int width, int blocks, int depth, int heads) {}

    /**
     * How the time is told.
     *
     * @param shift of its frequencies, 0 or 1
     * @param guidance values of an embedding of the guidance that enters beside it (Meng et al. 2023); 0 for none
     */
    public record Time(Order order, double shift, int guidance) {}

    /**
     * What is told besides time and text (Podell et al. 2023).
     *
     * @param width of a text's vector and of all sizes' sinusoids; 0 for nothing
     * @param size values that one number of pixels becomes
     */
    public record Added(int width, int size) {
        /** Nothing. */
        public static final Added NOTHING = new Added(0, 0);
    }

    private static final int WIDEST = 16_384;

    public LatentUNetConfig {
        levels = List.copyOf(levels);
        Bounds.within("in", in, 1, 1024);
        Bounds.within("out", out, 1, 1024);
        Bounds.within("levels", levels.size(), 1, 8);
        Bounds.within("the depth of the middle", middleDepth, 1, 100);
        Bounds.within("the width of a token", tokens, 1, WIDEST);
        Bounds.within("groups", groups, 1, WIDEST);
        Bounds.within("the width of a guidance's embedding", time.guidance, 0, WIDEST);
        Bounds.within("the width of what is added", added.width, 0, 2 * WIDEST);
        if (added.width > 0) Bounds.within("the values of a size", added.size, 2, WIDEST);
        for (Level level : levels) {
            Bounds.within("width", level.width, groups, WIDEST);
            Bounds.within("blocks", level.blocks, 1, 16);
            Bounds.within("depth", level.depth, 0, 100);
            if (level.width % groups != 0 || level.width % 2 != 0)
                throw new IllegalArgumentException(
                        "widths must be even multiples of the " + groups + " groups: " + level.width);
            boolean attends = level.depth > 0 || level == levels.get(levels.size() - 1);
            if (attends && (level.heads < 1 || level.width % level.heads != 0))
                throw new IllegalArgumentException("heads must divide the width " + level.width + ": " + level.heads);
        }
    }

    /** The width of what blocks are told of the time. */
    public int embedding() {
        return 4 * levels.get(0).width;
    }

    /** The factor by which the coarsest level is smaller than the latents, whose sides must be multiples of it. */
    public int coarsest() {
        return 1 << (levels.size() - 1);
    }

    BlockStyle style() {
        return new BlockStyle(groups, epsilon, activation, 1);
    }
}
