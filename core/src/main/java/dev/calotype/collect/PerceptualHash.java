package dev.calotype.collect;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.Resize;
import java.util.Arrays;

/**
 * 64 bits that pictures share which look alike, whatever their size and compression: of the 8 x 8 lowest frequencies (DCT-II) of the grey picture
 * at 32 x 32, each bit says whether it is above their median, as {@code phash} of the Python package imagehash has it.
 */
final class PerceptualHash {
    private static final int SIZE = 32, LOW = 8;
    private static final double[][] COSINES = cosines();

    private PerceptualHash() {}

    private static double[][] cosines() {
        double[][] cosines = new double[LOW][SIZE];
        for (int k = 0; k < LOW; k++)
            for (int n = 0; n < SIZE; n++) cosines[k][n] = Math.cos(Math.PI * k * (2 * n + 1) / (2.0 * SIZE));
        return cosines;
    }

    /** The hash of a picture; its first bit, the highest, is of the mean. */
    static long of(Picture picture) {
        Picture small = Resize.to(Images.withChannels(picture, 1), SIZE, SIZE, Resize.Filter.LANCZOS);
        double[] low = new double[LOW * LOW];
        double[] rows = new double[SIZE];
        for (int u = 0; u < LOW; u++) {
            for (int x = 0; x < SIZE; x++) {
                double sum = 0;
                for (int y = 0; y < SIZE; y++) sum += COSINES[u][y] * small.at(x, y, 0);
                rows[x] = sum;
            }
            for (int v = 0; v < LOW; v++) {
                double sum = 0;
                for (int x = 0; x < SIZE; x++) sum += COSINES[v][x] * rows[x];
                low[LOW * u + v] = sum;
            }
        }
        double[] sorted = low.clone();
        Arrays.sort(sorted);
        double median = (sorted[LOW * LOW / 2 - 1] + sorted[LOW * LOW / 2]) / 2;
        long hash = 0;
        for (double value : low) hash = hash << 1 | (value > median ? 1 : 0);
        return hash;
    }

    /** The bits in which two hashes differ, 0..64. */
    static int distance(long a, long b) {
        return Long.bitCount(a ^ b);
    }
}
