package dev.calotype.model.unclip;

import dev.calotype.nn.Activation;
import dev.calotype.nn.BlockStyle;
import dev.calotype.nn.Bounds;
import dev.calotype.nn.Embeddings.Order;
import dev.calotype.nn.ResidualBlock.Conditioning;
import java.util.List;

/**
 * The shape of a {@link UnclipUNet}.
 *
 * @param in channels that come in
 * @param out channels that go out: those that come in, or twice as many where the variance is learned
 * @param levels finest first; each further level halves the resolution
 * @param head values of a head of attention
 * @param tokens W, the values of a token
 * @param groups of normalisations
 * @param epsilon of normalisations of residual blocks
 * @param conditioning how the embedding acts in residual blocks
 * @param order of the sinusoids of the time
 * @param shift of their frequencies, 0 or 1
 * @param heard what its own layers make of what it is told; null where a {@link TextProjection} makes it
 */
public record UnclipUNetConfig(
        int in,
        int out,
        List<Level> levels,
        int head,
        int tokens,
        int groups,
        double epsilon,
        Conditioning conditioning,
        Order order,
        double shift,
        Heard heard) {
    /**
     * A level.
     *
     * @param width channels
     * @param blocks residual blocks on the way down; one more on the way up
     * @param attends whether an attention follows each
     */
    public record Level(int width, int blocks, boolean attends) {}

    /**
     * What the network makes of the vector of a picture, and of a text.
     *
     * @param picture values of the vector, and of that of a text
     * @param count tokens that it makes of it
     * @param words values of a word of a text; 0 where it hears of pictures alone
     */
    public record Heard(int picture, int count, int words) {
        /** Of pictures alone. */
        public Heard(int picture, int count) {
            this(picture, count, 0);
        }

        public Heard {
            Bounds.within("the values of a picture's vector", picture, 1, WIDEST);
            Bounds.within("the tokens of a picture", count, 1, 1024);
            Bounds.within("the values of a word", words, 0, WIDEST);
        }
    }

    private static final int WIDEST = 65_536;

    public UnclipUNetConfig {
        levels = List.copyOf(levels);
        Bounds.within("in", in, 1, 1024);
        if (out != in && out != 2 * in)
            throw new IllegalArgumentException("out must be in or twice as many, " + in + " or " + 2 * in + ": " + out);
        Bounds.within("levels", levels.size(), 1, 8);
        Bounds.within("the width of a token", tokens, 1, WIDEST);
        Bounds.within("groups", groups, 1, WIDEST);
        Bounds.within("the values of a head", head, 1, WIDEST);
        for (Level level : levels) {
            Bounds.within("width", level.width, groups, 16_384);
            Bounds.within("blocks", level.blocks, 1, 16);
            if (level.width % groups != 0 || level.width % 2 != 0)
                throw new IllegalArgumentException(
                        "widths must be even multiples of the " + groups + " groups: " + level.width);
            boolean attends = level.attends || level == levels.get(levels.size() - 1);
            if (attends && level.width % head != 0)
                throw new IllegalArgumentException(
                        "the values of a head must divide the width " + level.width + ": " + head);
        }
    }

    /** The width of what blocks are told of the time. */
    public int embedding() {
        return 4 * levels.get(0).width;
    }

    /** The factor by which the coarsest level is smaller than what comes in, whose sides must be multiples of it. */
    public int coarsest() {
        return 1 << (levels.size() - 1);
    }

    BlockStyle style() {
        return new BlockStyle(groups, epsilon, Activation.SILU, 1);
    }
}
