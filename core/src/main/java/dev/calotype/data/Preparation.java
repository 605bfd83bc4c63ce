package dev.calotype.data;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.Resize;
import dev.calotype.tensor.Rng;

/**
 * Makes the picture that a network sees: the central square at {@code size} x {@code size} pixels, antialiased, in grey
 * or RGB, perhaps mirrored.
 *
 * @param size of the square in pixels, at least 1
 * @param channels 1 (grey) or 3 (RGB)
 * @param flip whether left and right are exchanged
 */
public record Preparation(int size, int channels, Flip flip) {
    /** Whether left and right are exchanged. */
    public enum Flip {
        /** Never: letters, digits, faces of clocks. */
        NONE,
        /** Half of the time: a picture's mirror image is as likely as the picture. */
        RANDOM
    }

    public Preparation {
        if (size < 1) throw new IllegalArgumentException("size must be at least 1: " + size);
        if (channels != 1 && channels != 3)
            throw new IllegalArgumentException("channels must be 1 (grey) or 3 (RGB): " + channels);
        if (flip == null) throw new IllegalArgumentException("flip must be NONE or RANDOM: null");
    }

    /** The prepared picture; {@code rng} decides about the flip and is not used for anything else. */
    public Picture apply(Picture picture, Rng rng) {
        Picture fewer = channels == 1 ? Images.withChannels(picture, 1) : picture;
        Picture square = Images.withChannels(Resize.cover(fewer, size), channels);
        return flip == Flip.RANDOM && rng.nextLong() < 0 ? Images.mirrored(square) : square;
    }
}
