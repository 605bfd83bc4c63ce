package dev.calotype.image;

import java.awt.image.BufferedImage;
import java.io.IOException;
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

    /**
     * The pixels of an image in memory, by the rule of {@link ImageFiles}: 8 bits of any depth, alpha over white, no colour
     * management.
     *
     * @param channels 1 (grey) or 3 (RGB)
     * @throws IllegalArgumentException if its samples are neither grey, RGB, CMYK nor of a palette, or have more than 16 bits
     */
    public static Picture of(BufferedImage image, int channels) {
        if (channels != 1 && channels != 3)
            throw new IllegalArgumentException("channels must be 1 (grey) or 3 (RGB): " + channels);
        try {
            Picture taken = Samples.flat(channels).image(image);
            return new Picture(
                    taken.width, taken.height, channels, taken.pixels.clone()); // which may be the image's own
        } catch (IOException e) {
            throw new IllegalArgumentException("the image cannot be taken: " + e.getMessage(), e);
        }
    }

    /**
     * A picture in RGB of colours with alpha, which is laid over white.
     *
     * @param rgba {@code 4 * width * height} unsigned bytes: red, green, blue and alpha of each pixel
     */
    public static Picture ofRgba(int width, int height, byte[] rgba) {
        return Stored.of(width, height, false, true, rgba).flat(3);
    }

    /**
     * The same pixels as an image of {@link BufferedImage#TYPE_INT_RGB}, grey as three equal samples: Java would show its own
     * grey images lighter than they are, since it takes their samples for linear.
     */
    public BufferedImage toBufferedImage() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] row = new int[width];
        int green = channels == 1 ? 0 : 1, blue = channels == 1 ? 0 : 2;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) row[x] = at(x, y, 0) << 16 | at(x, y, green) << 8 | at(x, y, blue);
            image.setRGB(0, y, width, 1, row, 0, width);
        }
        return image;
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
