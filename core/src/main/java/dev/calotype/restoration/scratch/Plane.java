package dev.calotype.restoration.scratch;

import dev.calotype.image.Picture;
import java.util.Arrays;

/**
 * Values in rows.
 *
 * @param values {@code width * height}, not copied
 */
record Plane(int width, int height, float[] values) {
    /** The least of the channels, or with {@code sign} -1 the greatest, negated: what is white or black stands out in all channels. */
    static Plane of(Picture picture, int sign) {
        int channels = picture.channels();
        float[] values = new float[picture.width() * picture.height()];
        for (int i = 0; i < values.length; i++) {
            int least = Integer.MAX_VALUE;
            for (int c = 0; c < channels; c++)
                least = Math.min(least, sign * (picture.pixels()[i * channels + c] & 0xFF));
            values[i] = least;
        }
        return new Plane(picture.width(), picture.height(), values);
    }

    /** The value at (x, y); beyond the border that of the nearest pixel. */
    float at(int x, int y) {
        return values[Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x))];
    }

    /** The greatest value in a square of {@code 2 radius + 1} pixels around each; with {@code sign} -1 the least. */
    Plane extreme(int radius, int sign) {
        return along(radius, sign, 1).along(radius, sign, width);
    }

    private Plane along(int radius, int sign, int step) {
        int length = step == 1 ? width : height, lines = step == 1 ? height : width, next = step == 1 ? width : 1;
        float[] to = new float[values.length];
        Arrays.fill(to, Float.NEGATIVE_INFINITY);
        for (int shift = -radius; shift <= radius; shift++) {
            int from = Math.max(0, -shift), end = Math.min(length, length - shift);
            if (step == 1)
                for (int line = 0; line < lines; line++)
                    for (int i = line * next + from, last = line * next + end; i < last; i++)
                        to[i] = Math.max(to[i], sign * values[i + shift]);
            else
                for (int i = from * width, last = end * width; i < last; i++)
                    to[i] = Math.max(to[i], sign * values[i + shift * width]);
        }
        for (int i = 0; sign < 0 && i < to.length; i++) to[i] = -to[i];
        return new Plane(width, height, to);
    }

    /** The mean over a square of {@code 2 radius + 1} pixels around each, as far as it lies within. */
    Plane mean(int radius) {
        double[] sums = new double[(width + 1) * (height + 1)];
        for (int y = 0; y < height; y++) {
            double row = 0;
            for (int x = 0; x < width; x++) {
                row += values[y * width + x];
                sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
            }
        }
        float[] to = new float[values.length];
        for (int y = 0; y < height; y++) {
            int top = Math.max(0, y - radius), bottom = Math.min(height, y + radius + 1);
            for (int x = 0; x < width; x++) {
                int left = Math.max(0, x - radius), right = Math.min(width, x + radius + 1);
                double sum = sums[bottom * (width + 1) + right]
                        - sums[top * (width + 1) + right]
                        - sums[bottom * (width + 1) + left]
                        + sums[top * (width + 1) + left];
                to[y * width + x] = (float) (sum / ((bottom - top) * (right - left)));
            }
        }
        return new Plane(width, height, to);
    }
}
