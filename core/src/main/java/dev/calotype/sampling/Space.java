package dev.calotype.sampling;

import dev.calotype.diffusion.Clip;

/**
 * What a model draws in: the pixels of images, or latents that a codec makes images of.
 *
 * @param channels of what is drawn
 * @param size its height and width
 * @param clip what is done to a prediction
 * @param codec what makes images of what is drawn
 */
public record Space(int channels, int size, Clip clip, Codec codec) {
    /** Images themselves, in [-1, 1]. */
    public static Space ofPixels(int channels, int size) {
        return new Space(channels, size, Clip.PIXELS, Codec.NONE);
    }

    /** Latents, whose range is not bounded. */
    public static Space ofLatents(int channels, int size, Codec codec) {
        return new Space(channels, size, Clip.NONE, codec);
    }
}
