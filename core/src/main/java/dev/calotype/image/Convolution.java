package dev.calotype.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Filters many lanes of single values alike. A tile is widened to one array of {@code int} for each sample, the lanes side
 * by side: short loops over whole arrays, not over parts of one, are what every JIT since Java 17 compiles to vector
 * instructions, whichever way the axis runs in memory.
 */
final class Convolution {
    /** Fractional bits of the weights. */
    static final int PRECISION = 32 - 8 - 2;

    static final int HALF = 1 << (PRECISION - 1);
    /** The most values that a tile holds. */
    static final int TILE = 1 << 16;

    static final VarHandle LITTLE_ENDIAN = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Convolution() {}

    static void run(Axis axis, int lanes, Lanes from, Lanes to) {
        Lanes.tiles(lanes, (first, count) -> {
            int[] sums = new int[count];
            int[][] tile = new int[0][];
            for (int x = 0, next; x < axis.count(); x = next) {
                next = axis.reach(x, TILE / count);
                int start = axis.starts()[x];
                int span = axis.end(next - 1) - start;
                if (tile.length < span) tile = new int[span][count];
                load(from, start, first, span, tile);
                for (int i = x; i < next; i++) {
                    weigh(tile, axis.starts()[i] - start, axis.weights()[i], sums);
                    store(sums, to, to.at(i, first));
                }
            }
        });
    }

    /** Widens {@code count} samples from {@code start} on. */
    private static void load(Lanes from, int start, int lane, int count, int[][] tile) {
        int i = 0;
        if (from.step() == 1) {
            int last = from.at(start, lane + tile[0].length - 1);
            for (; i + 4 <= count && last + i <= from.bytes().length - 4; i += 4)
                loadFour(from, from.at(start + i, lane), tile[i], tile[i + 1], tile[i + 2], tile[i + 3]);
        }
        for (; i < count; i++) loadOne(from, from.at(start + i, lane), tile[i]);
    }

    private static void loadOne(Lanes from, int at, int[] to) {
        byte[] bytes = from.bytes();
        int step = from.laneStep();
        for (int l = 0; l < to.length; l++, at += step) to[l] = bytes[at] & 0xFF;
    }

    /** Neighbouring samples, gathered at once and taken apart in vectors. */
    private static void loadFour(Lanes from, int at, int[] first, int[] second, int[] third, int[] fourth) {
        byte[] bytes = from.bytes();
        int step = from.laneStep();
        for (int l = 0; l < fourth.length; l++, at += step) fourth[l] = (int) LITTLE_ENDIAN.get(bytes, at);
        for (int l = 0; l < fourth.length; l++) {
            int four = fourth[l];
            first[l] = four & 0xFF;
            second[l] = four >>> 8 & 0xFF;
            third[l] = four >>> 16 & 0xFF;
            fourth[l] = four >>> 24;
        }
    }

    private static void store(int[] sums, Lanes to, int at) {
        byte[] bytes = to.bytes();
        int step = to.laneStep();
        for (int l = 0; l < sums.length; l++) sums[l] = rounded(sums[l]);
        for (int l = 0; l < sums.length; l++, at += step) bytes[at] = (byte) sums[l];
    }

    /** A sum in 0..255, clipped without a branch. */
    static int rounded(int sum) {
        int value = sum >> PRECISION;
        return (value | 255 - value >> 31) & ~(value >> 31) & 0xFF;
    }

    /** The sums of {@code weights[k]} times sample {@code at + k} of the tile, and a half. */
    private static void weigh(int[][] tile, int at, int[] weights, int[] sums) {
        Arrays.fill(sums, HALF);
        int k = 0;
        for (; k + 4 <= weights.length; k += 4, at += 4) {
            int[] a = tile[at];
            int[] b = tile[at + 1];
            int[] c = tile[at + 2];
            int[] d = tile[at + 3];
            int u = weights[k];
            int v = weights[k + 1];
            int w = weights[k + 2];
            int z = weights[k + 3];
            for (int l = 0; l < sums.length; l++) sums[l] += a[l] * u + b[l] * v + c[l] * w + d[l] * z;
        }
        for (; k < weights.length; k++, at++) add(tile[at], weights[k], sums);
    }

    private static void add(int[] values, int weight, int[] sums) {
        for (int l = 0; l < sums.length; l++) sums[l] += values[l] * weight;
    }
}
