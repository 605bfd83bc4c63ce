package dev.calotype.nn;

/**
 * What the residual blocks and attentions of a U-Net have in common.
 *
 * @param groups of every group normalisation, a divisor of all widths
 * @param epsilon added to every variance
 * @param activation after every normalisation of a residual block, and of what it is told of the time
 * @param scale what the sum of a block and its residual is divided by
 */
public record BlockStyle(int groups, double epsilon, Activation activation, double scale) {
    /** That of Improved DDPM: 32 groups, 1e-5, SiLU, nothing divided. */
    public static final BlockStyle IMPROVED_DDPM =
            new BlockStyle(GroupNorm.GROUPS, GroupNorm.EPSILON, Activation.SILU, 1);

    public BlockStyle {
        if (groups < 1) throw new IllegalArgumentException("groups must be at least 1: " + groups);
        if (!(epsilon > 0 && epsilon < 1)) throw new IllegalArgumentException("epsilon must be in (0, 1): " + epsilon);
        if (!(scale > 0 && scale < Double.POSITIVE_INFINITY))
            throw new IllegalArgumentException("scale must be a positive number: " + scale);
    }
}
