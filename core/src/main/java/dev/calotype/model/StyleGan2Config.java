package dev.calotype.model;

import java.util.stream.IntStream;

/**
 * The shape of {@link StyleGan2Generator} and {@link StyleGan2Discriminator}.
 *
 * @param size height and width of images, a power of two in 8..1024
 * @param channels of images
 * @param latent the length of z
 * @param style the length of w
 * @param mapping layers between z and w
 * @param base channels times side: a resolution of side r has base / r channels, but no more than {@code widest}
 * @param widest the most channels of a resolution
 */
public record StyleGan2Config(int size, int channels, int latent, int style, int mapping, int base, int widest) {
    public StyleGan2Config {
        if (size < 8 || size > 1024 || Integer.bitCount(size) != 1)
            throw new IllegalArgumentException("size must be a power of two in 8..1024: " + size);
        if (channels < 1 || latent < 1 || style < 1)
            throw new IllegalArgumentException(
                    "channels, latent and style must be at least 1: " + channels + ", " + latent + ", " + style);
        if (mapping < 1 || mapping > 16) throw new IllegalArgumentException("mapping must be in 1..16: " + mapping);
        if (base < size) throw new IllegalArgumentException("base must be at least the size " + size + ": " + base);
        if (widest < 1) throw new IllegalArgumentException("widest must be at least 1: " + widest);
    }

    /**
     * The published shape, configuration F (Karras et al. 2020, arXiv:1912.04958): at 256 px 30,034,338 weights of the
     * generator and 28,864,129 of the discriminator.
     */
    public static StyleGan2Config published(int size) {
        return new StyleGan2Config(size, 3, 512, 512, 8, 32768, 512);
    }

    /** A shape to train at 32 to 64 px on a processor. */
    public static StyleGan2Config small(int size) {
        return new StyleGan2Config(size, 3, 128, 128, 4, 2048, 128);
    }

    /** Channels of the features of side {@code side}. */
    public int width(int side) {
        return Math.min(base / side, widest);
    }

    /** The sides of the resolutions, from 4 to {@code size}. */
    public IntStream sides() {
        return IntStream.iterate(4, side -> side <= size, side -> 2 * side);
    }

    /** How many places of the synthesis take a style of their own: two at each resolution. */
    public int layers() {
        return 2 * (int) sides().count();
    }
}
