package dev.calotype.restore;

import java.util.Arrays;

/**
 * A block of one plane whose overlapping 8 x 8 patches are shrunk in their cosine transforms, row of patches by row of patches: each
 * line of pixels is transformed across once, and each row of patches down; back the same way. Loops run over the patches of a
 * row, so that they become vector instructions, and a block is as small as the caches are.
 */
final class SlidingBlock {
    /** Pixels per side of a patch. */
    static final int PATCH = 8;

    /** Pixels around a block that its patches reach. */
    static final int HALO = PATCH - 1;

    private static final int HALF = PATCH / 2;
    private static final float FIRM = 1e30f; // the slope of a step
    private static final float LEAST = 1e-3f; // of what stays of a patch
    private static final float[][] BASIS = basis();

    private final int columns;
    private final int count; // patches of a row
    private final Transforms seen;
    private final Transforms guide; // null in the first pass
    private final float limit; // of what is noise, or the variance of the noise
    private final float[][][] gathered; // the last 8 lines, 8 frequencies across of each
    private final float[][] shares; // the last 8 lines, the sum of the weights of a pixel
    private final float[] weights;
    private final float[][] patch;
    private final float[][] halves;
    private final Span[] patches; // that a row of patches has, by its upper line
    private final Span[] lines; // that patches of a line have

    private SlidingBlock(int columns, Span[] wanted, boolean guided, float limit) {
        this.columns = columns;
        this.limit = limit;
        patches = Span.ofLast(wanted, PATCH, HALO);
        lines = Span.ofLast(patches, PATCH, 0);
        count = columns + HALO;
        seen = new Transforms(count);
        guide = guided ? new Transforms(count) : null;
        gathered = new float[PATCH][PATCH][count];
        shares = new float[PATCH][count + HALO];
        weights = new float[count];
        patch = new float[PATCH][count];
        halves = new float[PATCH][count];
    }

    /** Planes of which a block is cut, row by row; the halo around each is part of it. */
    record Planes(float[] values, int width) {
        private void line(int start, int row, float[] line) {
            System.arraycopy(values, start + row * width, line, 0, line.length);
        }
    }

    /**
     * Where a block begins in its planes and in the answer, and its size without the halo.
     *
     * @param wanted of each row what is to be answered
     */
    record Place(int from, int to, int rows, int columns, Span[] wanted) {}

    /** Coefficients of at most {@code limit} are taken for noise. */
    static void hard(Planes noisy, float limit, Place place, Planes answer) {
        new SlidingBlock(place.columns, place.wanted, false, limit).shrink(noisy, null, place, answer);
    }

    /** Coefficients are shrunk as Wiener's filter does if the truth is {@code pilot} and the noise has this variance. */
    static void wiener(Planes noisy, Planes pilot, float variance, Place place, Planes answer) {
        new SlidingBlock(place.columns, place.wanted, true, variance).shrink(noisy, pilot, place, answer);
    }

    private void shrink(Planes noisy, Planes pilot, Place place, Planes answer) {
        float[] line = new float[count + HALO];
        for (int row = 0; row < place.rows + 2 * HALO; row++) {
            noisy.line(place.from, row, line);
            seen.across(line, row, lines[row]);
            if (guide != null) {
                pilot.line(place.from, row, line);
                guide.across(line, row, lines[row]);
            }
            // of the patches that are complete with this line, and the line that is complete with them
            int top = row - HALO;
            if (top < 0) continue;
            if (!patches[top].isEmpty()) patches(top, patches[top]);
            if (top >= HALO)
                finished(top, place.wanted[top - HALO], answer.values, place.to + (top - HALO) * answer.width);
            for (float[] frequency : gathered[top % PATCH]) Arrays.fill(frequency, 0);
            Arrays.fill(shares[top % PATCH], 0);
        }
    }

    /** The patches whose upper line is {@code top}, shrunk and added to what is gathered. */
    private void patches(int top, Span span) {
        seen.down(top, span);
        if (guide == null) {
            hard(span);
        } else {
            guide.down(top, span);
            wiener(span);
        }
        for (int u = 0; u < PATCH; u++) {
            for (float[] coefficient : seen.coefficients[u])
                for (int i = span.from(); i < span.to(); i++) coefficient[i] *= weights[i];
            inverse(seen.coefficients[u], patch, halves, span);
            for (int k = 0; k < PATCH; k++) add(gathered[(top + k) % PATCH][u], patch[k], span.from(), span.to());
        }
        float[] sum = new float[count + HALO];
        for (int k = 0; k < PATCH; k++) for (int i = span.from(); i < span.to(); i++) sum[i + k] += weights[i];
        for (float[] share : shares) add(share, sum, span.from(), span.to() + HALO);
    }

    private static void add(float[] sum, float[] more, int from, int to) {
        for (int i = from; i < to; i++) sum[i] += more[i];
    }

    /** The weight of a patch is one over the number of coefficients that stay. */
    private void hard(Span span) {
        Arrays.fill(weights, 0);
        for (int u = 0; u < PATCH; u++)
            for (int v = 0; v < PATCH; v++) {
                if (u + v == 0) continue; // the mean of a patch is no noise
                float[] x = seen.coefficients[u][v];
                for (int i = span.from(); i < span.to(); i++) {
                    float kept = Math.max(0, Math.min(1, (Math.abs(x[i]) - limit) * FIRM));
                    x[i] *= kept;
                    weights[i] += kept;
                }
            }
        for (int i = span.from(); i < span.to(); i++) weights[i] = 1 / (1 + weights[i]);
    }

    /** The weight of a patch is one over the energy of its gains. */
    private void wiener(Span span) {
        Arrays.fill(weights, 0);
        for (int u = 0; u < PATCH; u++)
            for (int v = 0; v < PATCH; v++) {
                float[] x = seen.coefficients[u][v], truth = guide.coefficients[u][v];
                for (int i = span.from(); i < span.to(); i++) {
                    float power = truth[i] * truth[i], gain = power / (power + limit);
                    x[i] *= gain;
                    weights[i] += gain * gain;
                }
            }
        for (int i = span.from(); i < span.to(); i++) weights[i] = 1 / Math.max(LEAST, weights[i]);
    }

    /** Writes what is wanted of a line that no further patch reaches. */
    private void finished(int row, Span wanted, float[] answer, int start) {
        if (wanted.isEmpty()) return;
        Span span = lines[row];
        inverse(gathered[row % PATCH], patch, halves, span);
        float[] sum = new float[count + HALO], share = shares[row % PATCH];
        for (int k = 0; k < PATCH; k++) {
            float[] shifted = patch[k];
            for (int i = span.from(); i < span.to(); i++) sum[i + k] += shifted[i];
        }
        for (int i = wanted.from(); i < wanted.to(); i++) answer[start + i] = sum[i + HALO] / share[i + HALO];
    }

    /** The cosine transforms of all patches of a row. */
    private static final class Transforms {
        final float[][][] coefficients; // frequency across, frequency down, patch
        private final float[][][] lines; // the last 8, 8 frequencies across of each
        private final float[][] shifted;
        private final float[][] halves;
        private final int count;

        Transforms(int count) {
            this.count = count;
            coefficients = new float[PATCH][PATCH][count];
            lines = new float[PATCH][PATCH][count];
            shifted = new float[PATCH][count];
            halves = new float[PATCH][count];
        }

        void across(float[] line, int row, Span span) {
            if (span.isEmpty()) return;
            for (int k = 0; k < PATCH; k++) System.arraycopy(line, k, shifted[k], 0, count);
            forward(shifted, lines[row % PATCH], halves, span);
        }

        void down(int top, Span span) {
            float[][] column = new float[PATCH][];
            for (int u = 0; u < PATCH; u++) {
                for (int k = 0; k < PATCH; k++) column[k] = lines[(top + k) % PATCH][u];
                forward(column, coefficients[u], halves, span);
            }
        }
    }

    /** X_v = Σ_k c_v(k) x_k: even frequencies of the sums of x_k and x_{7-k}, odd ones of their differences. */
    private static void forward(float[][] x, float[][] transformed, float[][] halves, Span span) {
        int from = span.from(), to = span.to();
        for (int k = 0; k < HALF; k++) {
            float[] a = x[k], b = x[HALO - k], sum = halves[k], difference = halves[HALF + k];
            for (int i = from; i < to; i++) {
                sum[i] = a[i] + b[i];
                difference[i] = a[i] - b[i];
            }
        }
        for (int v = 0; v < PATCH; v++) {
            float[] c = BASIS[v];
            int first = v % 2 == 0 ? 0 : HALF;
            combine(transformed[v], halves, first, 1, new float[] {c[0], c[1], c[2], c[3]}, span);
        }
    }

    /** x_k = Σ_v c_v(k) X_v, and x_{7-k} from the same halves. */
    private static void inverse(float[][] transformed, float[][] x, float[][] halves, Span span) {
        int from = span.from(), to = span.to();
        for (int k = 0; k < HALF; k++) {
            float[] even = halves[0], odd = halves[1], a = x[k], b = x[HALO - k];
            combine(even, transformed, 0, 2, new float[] {BASIS[0][k], BASIS[2][k], BASIS[4][k], BASIS[6][k]}, span);
            combine(odd, transformed, 1, 2, new float[] {BASIS[1][k], BASIS[3][k], BASIS[5][k], BASIS[7][k]}, span);
            for (int i = from; i < to; i++) {
                a[i] = even[i] + odd[i];
                b[i] = even[i] - odd[i];
            }
        }
    }

    /** The sum of four lines, every {@code stride}-th from {@code first} on, with their weights. */
    private static void combine(float[] sum, float[][] lines, int first, int stride, float[] w, Span span) {
        float[] a = lines[first],
                b = lines[first + stride],
                c = lines[first + 2 * stride],
                d = lines[first + 3 * stride];
        float wa = w[0], wb = w[1], wc = w[2], wd = w[3];
        for (int i = span.from(), to = span.to(); i < to; i++) sum[i] = wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
    }

    /** The orthonormal cosine transform. */
    private static float[][] basis() {
        float[][] basis = new float[PATCH][PATCH];
        for (int v = 0; v < PATCH; v++)
            for (int k = 0; k < PATCH; k++) basis[v][k] = (float) SlidingDct.cosine(v, k, PATCH);
        return basis;
    }
}
