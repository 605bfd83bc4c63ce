package dev.calotype.model.dit;

import dev.calotype.nn.Bounds;
import dev.calotype.nn.transformer.ModulatedBlock.QueryKeyNorm;
import dev.calotype.nn.transformer.ModulatedBlock.Shape;
import dev.calotype.nn.transformer.ModulatedBlock.Text;
import java.util.Locale;

/**
 * The shape of a {@link DiffusionTransformer}.
 *
 * @param width D of a token, a multiple of 4 and of the heads
 * @param depth blocks
 * @param heads of attention
 * @param mlp values between the layers of an MLP over the width
 * @param patch side of the squares that are a token
 * @param text what becomes of the tokens of a condition: joint, single or one-sided; nothing to choose where it has none
 * @param norm of queries and keys
 * @param positions how a token knows its place
 * @param timeShift of the frequencies in which the time is told: 0 as in DiT's own code, 1 as in diffusers' DiT
 * @param dropout probability in [0, 1), in the MLPs
 */
public record DitConfig(
        int width,
        int depth,
        int heads,
        int mlp,
        int patch,
        Text text,
        QueryKeyNorm norm,
        Positions positions,
        double timeShift,
        double dropout) {
    /** How a token knows its place. */
    public enum Positions {
        /** By sines and cosines of row and column, for pictures of any size. */
        SIN_COS,
        /** By a table that is learned, for pictures of one size. */
        LEARNED
    }

    private static final int MOST = 8192;

    public DitConfig {
        Bounds.within("transformer.width", width, 8, MOST);
        Bounds.within("transformer.depth", depth, 1, 128);
        Bounds.within("transformer.heads", heads, 1, width);
        Bounds.within("transformer.mlp", mlp, 1, 16);
        Bounds.within("transformer.patch", patch, 1, 32);
        if (width % heads != 0 || width % 4 != 0)
            throw new IllegalArgumentException(
                    "transformer.width must be a multiple of 4 and of transformer.heads, " + heads + ": " + width);
        if (text == Text.NONE || text == Text.JOINT_LAST)
            throw new IllegalArgumentException("transformer.text must be joint, single or one-sided: "
                    + text.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (!(timeShift >= 0 && timeShift <= 1))
            throw new IllegalArgumentException("transformer.timeShift must be in 0..1: " + timeShift);
        if (!(dropout >= 0 && dropout < 1))
            throw new IllegalArgumentException("transformer.dropout must be in [0, 1): " + dropout);
    }

    Shape block() {
        return new Shape(width, heads, mlp * width, norm);
    }

    /** What block {@code index} does with tokens of a text, of which there may be none. */
    Text text(int index, int tokens) {
        if (tokens == 0) return Text.NONE;
        return text == Text.JOINT && index == depth - 1 ? Text.JOINT_LAST : text;
    }
}
