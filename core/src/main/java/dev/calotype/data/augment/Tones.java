package dev.calotype.data.augment;

import dev.calotype.image.Picture;
import java.util.function.IntUnaryOperator;

/** Gives pixels other values, as torchvision's functions of the same purpose do to 8-bit tensors, rounding down where they do. */
final class Tones {
    private static final float RED = 0.2989f, GREEN = 0.587f, BLUE = 0.114f;

    private Tones() {}

    static Picture brightness(Picture picture, double factor) {
        return each(picture, v -> clipped((float) factor * v));
    }

    /** Away from the mean grey level, or towards it. */
    static Picture contrast(Picture picture, double factor) {
        long sum = 0;
        int area = picture.width() * picture.height();
        for (int i = 0; i < area; i++) sum += grey(picture, i);
        float mean = (float) ((double) sum / area);
        return each(picture, v -> clipped((float) factor * v + (float) (1 - factor) * mean));
    }

    static Picture saturation(Picture picture, double factor) {
        if (picture.channels() == 1) return picture;
        byte[] from = picture.pixels(), to = new byte[from.length];
        for (int i = 0; i < to.length; i++)
            to[i] = (byte) clipped((float) factor * (from[i] & 0xFF) + (float) (1 - factor) * grey(picture, i / 3));
        return new Picture(picture.width(), picture.height(), 3, to);
    }

    /** Turned by a share of the circle of colours. */
    static Picture hue(Picture picture, double turn) {
        if (picture.channels() == 1) return picture;
        byte[] from = picture.pixels(), to = new byte[from.length];
        for (int i = 0; i < to.length; i += 3) {
            float[] hsv = java.awt.Color.RGBtoHSB(from[i] & 0xFF, from[i + 1] & 0xFF, from[i + 2] & 0xFF, null);
            int rgb = java.awt.Color.HSBtoRGB((float) (hsv[0] + turn), hsv[1], hsv[2]);
            to[i] = (byte) (rgb >> 16);
            to[i + 1] = (byte) (rgb >> 8);
            to[i + 2] = (byte) rgb;
        }
        return new Picture(picture.width(), picture.height(), 3, to);
    }

    /** Away from the picture smoothed over 3 x 3 pixels, or towards it; the edge stays. */
    static Picture sharpness(Picture picture, double factor) {
        int width = picture.width(), height = picture.height(), channels = picture.channels();
        byte[] to = picture.pixels().clone();
        for (int y = 1; y < height - 1; y++)
            for (int x = 1; x < width - 1; x++)
                for (int c = 0; c < channels; c++) {
                    int sum = 4 * picture.at(x, y, c);
                    for (int dy = -1; dy <= 1; dy++)
                        for (int dx = -1; dx <= 1; dx++) sum += picture.at(x + dx, y + dy, c);
                    float smooth = (float) Math.rint(sum / 13f);
                    to[(y * width + x) * channels + c] =
                            (byte) clipped((float) factor * picture.at(x, y, c) + (float) (1 - factor) * smooth);
                }
        return new Picture(width, height, channels, to);
    }

    /** With only the highest {@code bits} of each value. */
    static Picture posterized(Picture picture, int bits) {
        int mask = 0xFF << (8 - bits) & 0xFF;
        return each(picture, v -> v & mask);
    }

    /** Inverted where it is at least {@code threshold}. */
    static Picture solarized(Picture picture, double threshold) {
        return each(picture, v -> v >= threshold ? 255 - v : v);
    }

    /** Each channel from black to white. */
    static Picture autoContrast(Picture picture) {
        int channels = picture.channels();
        int[] least = new int[channels], most = new int[channels];
        java.util.Arrays.fill(least, 255);
        byte[] from = picture.pixels(), to = new byte[from.length];
        for (int i = 0; i < from.length; i++) {
            int v = from[i] & 0xFF, c = i % channels;
            least[c] = Math.min(least[c], v);
            most[c] = Math.max(most[c], v);
        }
        for (int i = 0; i < from.length; i++) {
            int v = from[i] & 0xFF, c = i % channels;
            to[i] = (byte) (least[c] == most[c] ? v : clipped((v - least[c]) * (255f / (most[c] - least[c]))));
        }
        return new Picture(picture.width(), picture.height(), channels, to);
    }

    /** Each channel with all levels about equally often. */
    static Picture equalized(Picture picture) {
        int channels = picture.channels();
        byte[] from = picture.pixels(), to = new byte[from.length];
        for (int c = 0; c < channels; c++) {
            int[] counts = new int[256];
            for (int i = c; i < from.length; i += channels) counts[from[i] & 0xFF]++;
            int last = 255;
            while (counts[last] == 0) last--;
            int step = (from.length / channels - counts[last]) / 255;
            int[] levels = new int[256];
            int below = 0;
            for (int v = 0; v < 256; v++) {
                levels[v] = step == 0 ? v : Math.min(255, (below + step / 2) / step);
                below += counts[v];
            }
            if (step != 0) levels[0] = 0;
            for (int i = c; i < from.length; i += channels) to[i] = (byte) levels[from[i] & 0xFF];
        }
        return new Picture(picture.width(), picture.height(), channels, to);
    }

    private static Picture each(Picture picture, IntUnaryOperator change) {
        byte[] levels = new byte[256];
        for (int v = 0; v < 256; v++) levels[v] = (byte) change.applyAsInt(v);
        byte[] from = picture.pixels(), to = new byte[from.length];
        for (int i = 0; i < to.length; i++) to[i] = levels[from[i] & 0xFF];
        return new Picture(picture.width(), picture.height(), picture.channels(), to);
    }

    /** The brightness of a pixel as torchvision rounds it. */
    private static int grey(Picture picture, int pixel) {
        byte[] p = picture.pixels();
        if (picture.channels() == 1) return p[pixel] & 0xFF;
        int i = 3 * pixel;
        return (int) (RED * (p[i] & 0xFF) + GREEN * (p[i + 1] & 0xFF) + BLUE * (p[i + 2] & 0xFF));
    }

    private static int clipped(float v) {
        return (int) Math.max(0, Math.min(255, v));
    }
}
