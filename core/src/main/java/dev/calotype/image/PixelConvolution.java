package dev.calotype.image;

import static dev.calotype.image.Convolution.LITTLE_ENDIAN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * {@link Convolution} of RGB pixels along the rows. A tile holds a pixel as one {@code int}, red lowest, the topmost byte
 * being whatever comes next: gathering and scattering pixels, which no vector instruction does, takes a third of the work,
 * and what takes pixels apart is vectors again.
 */
final class PixelConvolution {
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** So many rows stay in the cache while pixels of them are gathered. */
    private static final int NEAR = 128;

    private final Axis axis;
    private final Lanes from;
    private final Lanes to;

    PixelConvolution(Axis axis, Lanes from, Lanes to) {
        this.axis = axis;
        this.from = from;
        this.to = to;
    }

    void run(int rows) {
        Lanes.tiles(rows, (first, count) -> {
            int[][] sums = new int[3][count];
            int[][] tile = new int[0][];
            for (int x = 0, next; x < axis.count(); x = next) {
                next = axis.reach(x, Convolution.TILE / count);
                int start = axis.starts()[x];
                int span = axis.end(next - 1) - start;
                if (tile.length < span) tile = new int[span][count];
                for (int lane = 0; lane < count; lane += NEAR)
                    gather(start, span, first, lane, Math.min(count, lane + NEAR), tile);
                for (int i = x; i < next; i++) {
                    weigh(tile, axis.starts()[i] - start, axis.weights()[i], sums[0], sums[1], sums[2]);
                    pack(sums[0], sums[1], sums[2]);
                    if (i < axis.count() - 1) scatter(sums[0], to.at(i, first));
                    else scatterLast(sums[0], to.at(i, first));
                }
            }
        });
    }

    /** Lanes {@code lane} to {@code end - 1} of a tile that begins with pixel {@code start} of row {@code first}. */
    private void gather(int start, int span, int first, int lane, int end, int[][] tile) {
        int i = 0;
        int last = from.bytes().length - from.at(start, first + end - 1); // bytes from there on
        for (; i + 2 <= span && 3 * i + 8 <= last; i += 2)
            gatherTwo(from.at(start + i, first + lane), lane, end, tile[i], tile[i + 1]);
        for (; i < span; i++) gatherOne(from.at(start + i, first + lane), lane, end, tile[i]);
    }

    private void gatherTwo(int at, int lane, int end, int[] one, int[] two) {
        byte[] bytes = from.bytes();
        int step = from.laneStep();
        for (int l = lane; l < end; l++, at += step) {
            long eight = (long) EIGHT.get(bytes, at);
            one[l] = (int) eight;
            two[l] = (int) (eight >>> 24);
        }
    }

    private void gatherOne(int at, int lane, int end, int[] one) {
        byte[] bytes = from.bytes();
        int step = from.laneStep();
        for (int l = lane; l < end; l++, at += step)
            one[l] = bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF) << 16;
    }

    /** Loops with more in them are not compiled to vector instructions. */
    private static void weigh(int[][] tile, int at, int[] weights, int[] red, int[] green, int[] blue) {
        Arrays.fill(red, Convolution.HALF);
        Arrays.fill(green, Convolution.HALF);
        Arrays.fill(blue, Convolution.HALF);
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
            for (int l = 0; l < red.length; l++)
                red[l] += (a[l] & 0xFF) * u + (b[l] & 0xFF) * v + (c[l] & 0xFF) * w + (d[l] & 0xFF) * z;
            for (int l = 0; l < green.length; l++)
                green[l] += (a[l] >>> 8 & 0xFF) * u
                        + (b[l] >>> 8 & 0xFF) * v
                        + (c[l] >>> 8 & 0xFF) * w
                        + (d[l] >>> 8 & 0xFF) * z;
            for (int l = 0; l < blue.length; l++)
                blue[l] += (a[l] >>> 16 & 0xFF) * u
                        + (b[l] >>> 16 & 0xFF) * v
                        + (c[l] >>> 16 & 0xFF) * w
                        + (d[l] >>> 16 & 0xFF) * z;
        }
        for (; k < weights.length; k++, at++) add(tile[at], weights[k], red, green, blue);
    }

    private static void add(int[] pixels, int weight, int[] red, int[] green, int[] blue) {
        for (int l = 0; l < red.length; l++) red[l] += (pixels[l] & 0xFF) * weight;
        for (int l = 0; l < green.length; l++) green[l] += (pixels[l] >>> 8 & 0xFF) * weight;
        for (int l = 0; l < blue.length; l++) blue[l] += (pixels[l] >>> 16 & 0xFF) * weight;
    }

    private static void pack(int[] red, int[] green, int[] blue) {
        for (int l = 0; l < red.length; l++)
            red[l] = Convolution.rounded(red[l])
                    | Convolution.rounded(green[l]) << 8
                    | Convolution.rounded(blue[l]) << 16;
    }

    /** The fourth byte that is written belongs to the next pixel of the row, which is written later. */
    private void scatter(int[] pixels, int at) {
        byte[] bytes = to.bytes();
        int step = to.laneStep();
        for (int l = 0; l < pixels.length; l++, at += step) LITTLE_ENDIAN.set(bytes, at, pixels[l]);
    }

    private void scatterLast(int[] pixels, int at) {
        byte[] bytes = to.bytes();
        int step = to.laneStep();
        for (int l = 0; l < pixels.length; l++, at += step) {
            bytes[at] = (byte) pixels[l];
            bytes[at + 1] = (byte) (pixels[l] >> 8);
            bytes[at + 2] = (byte) (pixels[l] >> 16);
        }
    }
}
