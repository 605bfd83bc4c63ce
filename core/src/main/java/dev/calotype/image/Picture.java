package dev.calotype.image;

import java.util.Arrays;

/**
 * An 8-bit picture in Java memory: rows top to bottom, pixels left to right, channels interleaved.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param channels 1 (grey) or 3 (sRGB)
 * @param pixels {@code width * height * channels} unsigned bytes; not copied, do not change them afterwards
 */
public record Picture(int width, int height, int channels, byte[] pixels) {
    public Picture {
        if (width < 1 || height < 1)
            throw new IllegalArgumentException("a picture is at least 1 x 1 pixels: " + width + " x " + height);
        if (channels != 1 && channels != 3)
            throw new IllegalArgumentException("channels must be 1 (grey) or 3 (RGB): " + channels);
        if (pixels.length != (long) width * height * channels)
            throw new IllegalArgumentException(
                    pixels.length + " bytes do not fill " + width + " x " + height + " x " + channels);
    }

    /** The sample at (x, y) of one channel, 0..255. */
    public int at(int x, int y, int channel) {
        return pixels[(y * width + x) * channels + channel] & 0xFF;
    }

    /** The same as what a file stores. */
    Stored stored() {
        Stored.Rows rows = (y, argb) -> {
            for (int x = 0; x < width; x++)
                argb[x] = 0xFF << 24 | at(x, y, 0) << 16 | at(x, y, channels / 2) << 8 | at(x, y, channels - 1);
        };
        return new Stored(width, height, channels == 1, false, rows);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Picture p
                && width == p.width
                && height == p.height
                && channels == p.channels
                && Arrays.equals(pixels, p.pixels);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(pixels);
    }

    @Override
    public String toString() {
        return "Picture[" + width + " x " + height + " x " + channels + "]";
    }
}
