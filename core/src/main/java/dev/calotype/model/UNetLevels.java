package dev.calotype.model;

import dev.calotype.model.UNetVariant.Blocks;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** The levels of a {@link UNet}, made of its settings, and what must hold of them. */
final class UNetLevels {
    private static final int MOST_LEVELS = 8;

    private UNetLevels() {}

    /** Every level, finest first. */
    static List<UNetVariant.Level> of(
            int channels, List<Integer> multipliers, List<Integer> attention, UNet.Resampling by, UNetVariant variant) {
        if (!variant.levels().isEmpty()) return variant.levels();
        List<UNetVariant.Level> levels = new ArrayList<>();
        for (int i = 0; i < multipliers.size(); i++) {
            Blocks blocks = attention.contains(1 << i) ? Blocks.ATTENTION : Blocks.PLAIN;
            levels.add(new UNetVariant.Level(channels * multipliers.get(i), blocks, by, blocks, by));
        }
        return levels;
    }

    /** Throws IllegalArgumentException unless the levels are given in one of the two ways, and rightly. */
    static void require(
            List<UNetVariant.Level> named, int channels, List<Integer> multipliers, List<Integer> attention) {
        if (named.isEmpty()) requireListed(multipliers, attention);
        else requireNamed(named, channels, multipliers, attention);
    }

    private static void requireListed(List<Integer> multipliers, List<Integer> attention) {
        if (multipliers.isEmpty() || multipliers.size() > MOST_LEVELS)
            throw new IllegalArgumentException("multipliers must name 1..8 levels: " + multipliers);
        for (int m : multipliers)
            if (m < 1 || m > 64) throw new IllegalArgumentException("multipliers must be in 1..64: " + multipliers);
        for (int a : attention)
            if (a < 1 || Integer.bitCount(a) != 1 || a > 1 << (multipliers.size() - 1))
                throw new IllegalArgumentException(
                        "attention must name downsampling factors 1, 2, 4, ... of the levels: " + attention);
    }

    private static void requireNamed(
            List<UNetVariant.Level> levels, int channels, List<Integer> multipliers, List<Integer> attention) {
        if (!multipliers.isEmpty() || !attention.isEmpty())
            throw new IllegalArgumentException(
                    "multipliers and attention must be empty where variant.levels names the levels: " + multipliers
                            + " and " + attention);
        if (levels.size() > MOST_LEVELS)
            throw new IllegalArgumentException("variant.levels must name 1..8 levels: " + levels.size());
        if (levels.get(0).width() != channels)
            throw new IllegalArgumentException("the width of the first of variant.levels must be that of channels, "
                    + channels + ": " + levels.get(0).width());
    }

    /** Throws IllegalArgumentException unless groups divide all widths, and heads those that attend. */
    static void requireDivisible(List<UNetVariant.Level> levels, UNetVariant variant, int heads, int headChannels) {
        UNetVariant.Level coarsest = levels.get(levels.size() - 1);
        for (UNetVariant.Level level : levels) requireGroups("variant.groups", variant.groups(), level.width());
        if (variant.middle().groups() > 0)
            requireGroups("variant.middle.groups", variant.middle().groups(), coarsest.width());
        boolean middle = variant.middle().kind() == UNetVariant.Middle.Kind.ATTENTION;
        for (UNetVariant.Level level : levels) requireHeads(level, middle && level == coarsest, heads, headChannels);
    }

    /** Throws IllegalArgumentException unless images have so many channels, and sides that are multiples of a factor. */
    static void requireSize(Tensor x, int channels, int factor) {
        if (x.dim() != 4 || x.size(1) != channels)
            throw new IllegalArgumentException(
                    "the network wants (N, " + channels + ", H, W): " + Arrays.toString(Tensors.shape(x)));
        if (x.size(2) % factor != 0 || x.size(3) % factor != 0)
            throw new IllegalArgumentException(
                    "image height and width must be multiples of " + factor + ": " + x.size(2) + " x " + x.size(3));
    }

    /** Throws IllegalArgumentException unless groups divide the width of a level. */
    private static void requireGroups(String name, int groups, int width) {
        if (width % groups != 0)
            throw new IllegalArgumentException(
                    name + " must divide the channels of every level, " + width + ": " + groups);
    }

    /** Throws IllegalArgumentException unless a level that attends can be divided into heads. */
    private static void requireHeads(UNetVariant.Level level, boolean middle, int heads, int headChannels) {
        int width = level.width();
        if (!level.attends() && !middle) return;
        if (heads > 0 && width % heads != 0)
            throw new IllegalArgumentException("heads must divide the " + width + " channels: " + heads);
        if (heads == 0 && width > headChannels && width % headChannels != 0)
            throw new IllegalArgumentException(
                    "headChannels must divide the " + width + " channels that attend: " + headChannels);
    }
}
