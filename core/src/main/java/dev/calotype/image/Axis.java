package dev.calotype.image;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Where each output sample of one axis comes from: input samples {@code starts[i]} on, times {@code weights[i]}. */
record Axis(boolean isIdentity, int[] starts, int[][] weights) {
    /** Small ones made before: a data set has few sizes. */
    private static final Map<Cut, Axis> KNOWN = new ConcurrentHashMap<>();

    private static final int MAX_KNOWN = 64;
    private static final int MAX_KEPT = 1 << 14; // weights

    private record Cut(int input, int output, int from, int count, Resize.Filter filter) {}

    /** Where one output sample comes from: input samples {@code start} on, times {@code weights}. */
    record Window(int start, double[] weights) {
        /** That of sample {@code i} of the {@code output} samples that replace {@code input}. */
        static Window of(int input, int output, int i, Resize.Filter filter) {
            double scale = (double) input / output;
            double stretch = Math.max(scale, 1);
            double support = filter.support() * stretch;
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

    static Axis whole(int input, int output, Resize.Filter filter) {
        return of(input, output, 0, output, filter);
    }

    static Axis centre(int input, int shorter, int size) {
        int output = Math.toIntExact(Math.round((double) size * input / shorter));
        return of(input, output, (output - size) / 2, size, Resize.Filter.BICUBIC);
    }

    /** Samples {@code from} to {@code from + count - 1} of the {@code output} samples that replace {@code input}. */
    static Axis of(int input, int output, int from, int count, Resize.Filter filter) {
        Cut cut = new Cut(input, output, from, count, filter);
        Axis known = KNOWN.get(cut);
        if (known != null) return known;
        Axis made = made(input, output, from, count, filter);
        if (Arrays.stream(made.weights).mapToInt(w -> w.length).sum() > MAX_KEPT) return made;
        if (KNOWN.size() >= MAX_KNOWN) KNOWN.clear();
        KNOWN.put(cut, made);
        return made;
    }

    private static Axis made(int input, int output, int from, int count, Resize.Filter filter) {
        int[] starts = new int[count];
        int[][] weights = new int[count][];
        boolean same = input == output; // then nothing is filtered, only cut
        for (int i = 0; i < count; i++) {
            if (same) {
                starts[i] = from + i;
                weights[i] = new int[] {1 << Convolution.PRECISION};
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
            double w = exact[k] * (1 << Convolution.PRECISION);
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
