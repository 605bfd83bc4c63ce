package dev.calotype.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Antialiased resizing that agrees with the {@code Image.resize} of Pillow 9 bit for bit; newer versions take the columns
 * first where that is cheaper, which changes some values by 1.
 *
 * <p>Separable convolution with a filter as wide as the reduction asks: the rows first, rounded and clipped to 8 bits,
 * then the columns; weights are fixed-point numbers of 22 fractional bits. Evaluation measures that depend on resizing
 * (Parmar, Zhang &amp; Zhu, <em>On Aliased Resizing and Surprising Subtleties in GAN Evaluation</em>, CVPR 2022) want
 * this one.
 */
public final class Resize {
    private static final int PRECISION = 32 - 8 - 2;
    private static final int HALF = 1 << (PRECISION - 1);
    private static final VarHandle LITTLE_ENDIAN =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_LANES = 256;
    private static final int TILE = 1 << 16;

    private Resize() {}

    /** The interpolation kernels, all of unit scale when enlarging and stretched when reducing. */
    public enum Filter {
        /** The mean over the area of a pixel. */
        BOX(0.5),
        /** The triangle. */
        BILINEAR(1),
        /** Keys' cubic convolution with a = -0.5. */
        BICUBIC(2),
        /** The sinc windowed by its own first three lobes. */
        LANCZOS(3);

        private final double support;

        Filter(double support) {
            this.support = support;
        }

        double weight(double x) {
            double distance = Math.abs(x);
            return switch (this) {
                case BOX -> x > -0.5 && x <= 0.5 ? 1 : 0;
                case BILINEAR -> distance < 1 ? 1 - distance : 0;
                case BICUBIC -> cubic(distance);
                case LANCZOS -> x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
            };
        }

        private static double cubic(double x) {
            double a = -0.5;
            if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
        }

        private static double sinc(double x) {
            return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
        }
    }

    /** The whole picture at another size, its proportions as they come; the same object if nothing changes. */
    public static Picture to(Picture picture, int width, int height, Filter filter) {
        if (width < 1 || height < 1)
            throw new IllegalArgumentException("a picture is at least 1 x 1 pixels: " + width + " x " + height);
        return resample(
                picture, Axis.whole(picture.width(), width, filter), Axis.whole(picture.height(), height, filter));
    }

    /**
     * The central square: the shorter side becomes {@code size} (bicubic), the longer one keeps the proportions, and
     * what sticks out is cut off on both sides, the odd pixel at the end.
     */
    public static Picture cover(Picture picture, int size) {
        if (size < 1) throw new IllegalArgumentException("size must be at least 1: " + size);
        int shorter = Math.min(picture.width(), picture.height());
        return resample(
                picture, Axis.centre(picture.width(), shorter, size), Axis.centre(picture.height(), shorter, size));
    }

    /**
     * The weights of one axis before they become fixed-point numbers, as a matrix: row {@code i} makes sample {@code i} of
     * the {@code output} samples that replace {@code input}, and sums to 1.
     */
    public static double[][] weights(int input, int output, Filter filter) {
        if (input < 1 || output < 1)
            throw new IllegalArgumentException("an axis has at least 1 sample: " + input + " to " + output);
        double[][] matrix = new double[output][input];
        for (int i = 0; i < output; i++) {
            Window window = Window.of(input, output, i, filter);
            System.arraycopy(window.weights(), 0, matrix[i], window.start(), window.weights().length);
        }
        return matrix;
    }

    private static Picture resample(Picture picture, Axis columns, Axis rows) {
        int firstRow = rows.first();
        int rowCount = rows.end() - firstRow;
        byte[] pixels = columns.isIdentity() ? picture.pixels() : horizontally(picture, columns, firstRow, rowCount);
        if (rows.isIdentity()) {
            if (columns.isIdentity()) return picture;
            return new Picture(columns.count(), rowCount, picture.channels(), pixels);
        }
        int origin = columns.isIdentity() ? 0 : firstRow;
        pixels = vertically(pixels, columns.count() * picture.channels(), rows, origin);
        return new Picture(columns.count(), rows.count(), picture.channels(), pixels);
    }

    private static byte[] horizontally(Picture picture, Axis axis, int firstRow, int rowCount) {
        int channels = picture.channels();
        int stride = picture.width() * channels;
        byte[] to = new byte[Math.multiplyExact(Math.multiplyExact(axis.count(), channels), rowCount)];
        Lanes from = new Lanes(picture.pixels(), firstRow * stride, channels, stride);
        convolve(axis, channels, rowCount, from, new Lanes(to, 0, channels, axis.count() * channels));
        return to;
    }

    /** Rows of {@code stride} bytes, the first of which is row {@code origin} of the axis. */
    private static byte[] vertically(byte[] from, int stride, Axis axis, int origin) {
        byte[] to = new byte[Math.multiplyExact(stride, axis.count())];
        convolve(axis, 1, stride, new Lanes(from, -origin * stride, stride, 1), new Lanes(to, 0, stride, 1));
        return to;
    }

    /** Value {@code v} of sample {@code i} in lane {@code l} is {@code bytes[offset + i * step + v + l * laneStep]}. */
    private record Lanes(byte[] bytes, int offset, int step, int laneStep) {
        int at(int sample, int lane) {
            return offset + sample * step + lane * laneStep;
        }
    }

    /**
     * Filters many lanes alike, {@code depth} values of each sample. A tile is widened to one array of {@code int} for
     * each value of each sample, the lanes side by side: loops over whole arrays, not over parts of one, are what every
     * JIT since Java 17 compiles to vector instructions, whichever way the axis runs in memory.
     */
    private static void convolve(Axis axis, int depth, int lanes, Lanes from, Lanes to) {
        int tiles = (lanes + MAX_LANES - 1) / MAX_LANES;
        for (int t = 0; t < tiles; t++) {
            int first = (int) ((long) lanes * t / tiles);
            int count = (int) ((long) lanes * (t + 1) / tiles) - first;
            int[] sums = new int[count];
            int[][] tile = new int[0][];
            for (int x = 0, next; x < axis.count(); x = next) {
                next = axis.reach(x, TILE / (depth * count));
                int start = axis.starts()[x];
                int span = axis.end(next - 1) - start;
                if (tile.length < span * depth) tile = new int[span * depth][count];
                load(from, start, first, span * depth, tile);
                for (int i = x; i < next; i++)
                    for (int v = 0; v < depth; v++) {
                        weigh(tile, (axis.starts()[i] - start) * depth + v, depth, axis.weights()[i], sums);
                        store(sums, to, to.at(i, first) + v);
                    }
            }
        }
    }

    /** Widens {@code count} values from sample {@code start} on. */
    private static void load(Lanes from, int start, int lane, int count, int[][] tile) {
        boolean adjacent = from.laneStep != 1; // then neighbouring values are neighbouring bytes
        int at = from.at(start, lane);
        int i = 0;
        int last = at + (tile[0].length - 1) * from.laneStep;
        for (; adjacent && i + 4 <= count && last + i <= from.bytes.length - 4; i += 4)
            loadFour(from, at + i, tile[i], tile[i + 1], tile[i + 2], tile[i + 3]);
        for (; i < count; i++) loadOne(from, adjacent ? at + i : at + i * from.step, tile[i]);
    }

    private static void loadOne(Lanes from, int at, int[] to) {
        byte[] bytes = from.bytes;
        int step = from.laneStep;
        for (int l = 0; l < to.length; l++, at += step) to[l] = bytes[at] & 0xFF;
    }

    private static void loadFour(Lanes from, int at, int[] first, int[] second, int[] third, int[] fourth) {
        byte[] bytes = from.bytes;
        int step = from.laneStep;
        for (int l = 0; l < first.length; l++, at += step) {
            int four = (int) LITTLE_ENDIAN.get(bytes, at);
            first[l] = four & 0xFF;
            second[l] = four >>> 8 & 0xFF;
            third[l] = four >>> 16 & 0xFF;
            fourth[l] = four >>> 24;
        }
    }

    /** Rounds and clips to 0..255. */
    private static void store(int[] sums, Lanes to, int at) {
        byte[] bytes = to.bytes;
        int step = to.laneStep;
        for (int l = 0; l < sums.length; l++, at += step) {
            int value = sums[l] >> PRECISION;
            if ((value & ~0xFF) != 0) value = value < 0 ? 0 : 255;
            bytes[at] = (byte) value;
        }
    }

    /** The sums of {@code weights[k]} times the values {@code at + k * depth} of the tile. */
    private static void weigh(int[][] tile, int at, int depth, int[] weights, int[] sums) {
        Arrays.fill(sums, HALF);
        int k = 0;
        for (; k + 4 <= weights.length; k += 4, at += 4 * depth) {
            int[] a = tile[at];
            int[] b = tile[at + depth];
            int[] c = tile[at + 2 * depth];
            int[] d = tile[at + 3 * depth];
            int u = weights[k];
            int v = weights[k + 1];
            int w = weights[k + 2];
            int z = weights[k + 3];
            for (int l = 0; l < sums.length; l++) sums[l] += a[l] * u + b[l] * v + c[l] * w + d[l] * z;
        }
        for (; k < weights.length; k++, at += depth) add(tile[at], weights[k], sums);
    }

    private static void add(int[] values, int weight, int[] sums) {
        for (int l = 0; l < sums.length; l++) sums[l] += values[l] * weight;
    }

    /** Where one output sample comes from: input samples {@code start} on, times {@code weights}. */
    private record Window(int start, double[] weights) {
        /** That of sample {@code i} of the {@code output} samples that replace {@code input}. */
        static Window of(int input, int output, int i, Filter filter) {
            double scale = (double) input / output;
            double stretch = Math.max(scale, 1);
            double support = filter.support * stretch;
            double centre = (i + 0.5) * scale;
            int start = Math.max(0, (int) (centre - support + 0.5));
            int end = Math.min(input, (int) (centre + support + 0.5));
            double[] weights = new double[end - start];
            double total = 0;
            for (int k = 0; k < weights.length; k++) {
                weights[k] = filter.weight((start + k - centre + 0.5) * (1 / stretch));
                total += weights[k];
            }
            if (total != 0) for (int k = 0; k < weights.length; k++) weights[k] /= total;
            return new Window(start, weights);
        }
    }

    /** Where each output sample of one axis comes from: input samples {@code starts[i]} on, times {@code weights[i]}. */
    private record Axis(boolean isIdentity, int[] starts, int[][] weights) {
        /** Small ones made before: a data set has few sizes. */
        private static final Map<Cut, Axis> KNOWN = new ConcurrentHashMap<>();

        private static final int MAX_KNOWN = 64;
        private static final int MAX_KEPT = 1 << 14; // weights

        private record Cut(int input, int output, int from, int count, Filter filter) {}

        static Axis whole(int input, int output, Filter filter) {
            return of(input, output, 0, output, filter);
        }

        static Axis centre(int input, int shorter, int size) {
            int output = Math.toIntExact(Math.round((double) size * input / shorter));
            return of(input, output, (output - size) / 2, size, Filter.BICUBIC);
        }

        /** Samples {@code from} to {@code from + count - 1} of the {@code output} samples that replace {@code input}. */
        static Axis of(int input, int output, int from, int count, Filter filter) {
            Cut cut = new Cut(input, output, from, count, filter);
            Axis known = KNOWN.get(cut);
            if (known != null) return known;
            Axis made = made(input, output, from, count, filter);
            if (Arrays.stream(made.weights).mapToInt(w -> w.length).sum() > MAX_KEPT) return made;
            if (KNOWN.size() >= MAX_KNOWN) KNOWN.clear();
            KNOWN.put(cut, made);
            return made;
        }

        private static Axis made(int input, int output, int from, int count, Filter filter) {
            int[] starts = new int[count];
            int[][] weights = new int[count][];
            boolean same = input == output; // then nothing is filtered, only cut
            for (int i = 0; i < count; i++) {
                if (same) {
                    starts[i] = from + i;
                    weights[i] = new int[] {1 << PRECISION};
                    continue;
                }
                Window window = Window.of(input, output, from + i, filter);
                starts[i] = window.start();
                weights[i] = fixedPoint(window.weights());
            }
            return new Axis(same && count == input, starts, weights);
        }

        private static int[] fixedPoint(double[] exact) {
            int[] weights = new int[exact.length];
            for (int k = 0; k < exact.length; k++) {
                double w = exact[k] * (1 << PRECISION);
                weights[k] = (int) (w < 0 ? w - 0.5 : w + 0.5);
            }
            return weights;
        }

        int count() {
            return starts.length;
        }

        /** The first input sample that is needed. */
        int first() {
            return starts[0];
        }

        /** One past the last input sample that is needed. */
        int end() {
            return end(starts.length - 1);
        }

        /** One past the last input sample that output sample {@code i} needs. */
        int end(int i) {
            return starts[i] + weights[i].length;
        }

        /** One past the last output sample, at least one from {@code first} on, that need at most {@code span} inputs. */
        int reach(int first, int span) {
            int last = first + 1;
            while (last < count() && end(last) - starts[first] <= span) last++;
            return last;
        }
    }
}
