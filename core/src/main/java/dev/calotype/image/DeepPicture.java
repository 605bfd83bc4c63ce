package dev.calotype.image;

import java.util.Arrays;

/**
 * A 16-bit picture in Java memory: rows top to bottom, pixels left to right, channels interleaved.
 *
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 * @param channels 1 (grey) or 3 (RGB)
 * @param samples {@code width * height * channels} unsigned shorts; not copied, do not change them afterwards
 */
public record DeepPicture(int width, int height, int channels, short[] samples) {
    /** The highest sample. */
    public static final int MOST = 0xFFFF;

    public DeepPicture {
        if (width < 1 || height < 1)
            throw new IllegalArgumentException("a picture is at least 1 x 1 pixels: " + width + " x " + height);
        if (channels != 1 && channels != 3)
            throw new IllegalArgumentException("channels must be 1 (grey) or 3 (RGB): " + channels);
        if (samples.length != (long) width * height * channels)
            throw new IllegalArgumentException(
                    samples.length + " samples do not fill " + width + " x " + height + " x " + channels);
    }

    /** The sample at (x, y) of one channel, 0..65535. */
    public int at(int x, int y, int channel) {
        return samples[(y * width + x) * channels + channel] & MOST;
    }

    /** The same in 8 bits, by the rule of {@link ImageFiles}. */
    public Picture coarse() {
        return new Picture(width, height, channels, coarse(samples));
    }

    /** Unsigned shorts as unsigned bytes, by the rule of {@link ImageFiles}. */
    static byte[] coarse(short[] samples) {
        byte[] bytes = new byte[samples.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) Samples.toByte(samples[i] & MOST, MOST);
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DeepPicture p
                && width == p.width
                && height == p.height
                && channels == p.channels
                && Arrays.equals(samples, p.samples);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(samples);
    }

    @Override
    public String toString() {
        return "DeepPicture[" + width + " x " + height + " x " + channels + "]";
    }
}
