package dev.calotype.restoration.scratch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Sets of pixels that hang together, corners included. */
final class Blobs {
    private Blobs() {}

    /**
     * One of them.
     *
     * @param pixels by their number in rows
     * @param length from end to end, about, and {@code breadth} across, in pixels
     */
    record Blob(int[] pixels, double length, double breadth) {}

    /** Whether two pixels beside each other hang together. */
    interface Bond {
        boolean joins(int one, int other);
    }

    /** Those of a mask. */
    static List<Blob> of(boolean[] mask, int width, Bond bond) {
        List<Blob> blobs = new ArrayList<>();
        boolean[] left = mask.clone();
        int[] queue = new int[mask.length];
        for (int start = 0; start < mask.length; start++) {
            if (!left[start]) continue;
            int count = 0;
            queue[count++] = start;
            left[start] = false;
            for (int next = 0; next < count; next++) {
                int x = queue[next] % width, y = queue[next] / width;
                for (int dy = -1; dy <= 1; dy++)
                    for (int dx = -1; dx <= 1; dx++) {
                        int to = (y + dy) * width + x + dx;
                        if (x + dx < 0 || x + dx >= width || to < 0 || to >= mask.length || !left[to]) continue;
                        if (!bond.joins(queue[next], to)) continue;
                        left[to] = false;
                        queue[count++] = to;
                    }
            }
            blobs.add(blob(Arrays.copyOf(queue, count), width));
        }
        return blobs;
    }

    /** Its length and breadth are those of the ellipse with the same second moments, which a bent line is shorter than. */
    private static Blob blob(int[] pixels, int width) {
        double x = 0, y = 0;
        for (int p : pixels) {
            x += p % width;
            y += p / width;
        }
        x /= pixels.length;
        y /= pixels.length;
        double xx = 1 / 12.0, yy = 1 / 12.0, xy = 0; // of a pixel
        for (int p : pixels) {
            double dx = p % width - x, dy = p / width - y;
            xx += dx * dx / pixels.length;
            yy += dy * dy / pixels.length;
            xy += dx * dy / pixels.length;
        }
        double middle = (xx + yy) / 2, apart = Math.sqrt((xx - yy) * (xx - yy) / 4 + xy * xy);
        double length = Math.sqrt(12 * (middle + apart));
        return new Blob(pixels, length, pixels.length / length);
    }
}
