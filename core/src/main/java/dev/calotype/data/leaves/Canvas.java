package dev.calotype.data.leaves;

/** A square of colours that shapes are laid under each other on: the first that covers a pixel is seen. */
final class Canvas {
    private final int side;
    private final float[] colours; // (side, side, 3)
    private boolean[] covered;
    private int left;

    Canvas(int side) {
        this.side = side;
        colours = new float[side * side * 3];
        lift();
    }

    /** Begins anew above all that has been painted. */
    void lift() {
        covered = new boolean[side * side];
        left = side * side;
    }

    /** The share of the pixels that nothing covers yet. */
    double bare() {
        return (double) left / (side * side);
    }

    /** Lays a polygon of the corners (x[i], y[i]) under what is there (even-odd rule, pixel centres). */
    void lay(double[] x, double[] y, Paint paint) {
        double low = Double.POSITIVE_INFINITY, high = Double.NEGATIVE_INFINITY;
        for (double each : y) {
            low = Math.min(low, each);
            high = Math.max(high, each);
        }
        double[] crossings = new double[x.length];
        int last = Math.min(side - 1, (int) Math.floor(high - 0.5));
        for (int row = Math.max(0, (int) Math.ceil(low - 0.5)); row <= last; row++) {
            int count = crossings(x, y, row + 0.5, crossings);
            java.util.Arrays.sort(crossings, 0, count);
            for (int i = 0; i + 1 < count; i += 2) span(row, crossings[i], crossings[i + 1], paint);
        }
    }

    private static int crossings(double[] x, double[] y, double at, double[] found) {
        int count = 0;
        for (int i = 0, j = x.length - 1; i < x.length; j = i++)
            if (y[i] > at != y[j] > at) found[count++] = x[i] + (at - y[i]) / (y[j] - y[i]) * (x[j] - x[i]);
        return count;
    }

    private void span(int row, double from, double to, Paint paint) {
        int last = Math.min(side - 1, (int) Math.floor(to - 0.5));
        for (int column = Math.max(0, (int) Math.ceil(from - 0.5)); column <= last; column++) {
            int at = row * side + column;
            if (covered[at]) continue;
            covered[at] = true;
            left--;
            paint.paint(column, row, colours, 3 * at);
        }
    }

    /** Paints what nothing covers. */
    void ground(Paint paint) {
        double[] x = {0, side, side, 0}, y = {0, 0, side, side};
        lay(x, y, paint);
    }

    /** Blurs all by a Gaussian of the deviation {@code sigma} in pixels; nothing below a quarter. */
    void blur(double sigma) {
        if (sigma < 0.25) return;
        int reach = (int) Math.ceil(2.5 * sigma);
        float[] weights = new float[2 * reach + 1];
        double sum = 0;
        for (int i = -reach; i <= reach; i++) sum += Math.exp(-i * i / (2 * sigma * sigma));
        for (int i = -reach; i <= reach; i++)
            weights[i + reach] = (float) (Math.exp(-i * i / (2 * sigma * sigma)) / sum);
        float[] between = new float[colours.length];
        along(colours, between, weights, 3, 3 * side);
        along(between, colours, weights, 3 * side, 3);
    }

    /** Convolves lines whose pixels lie {@code step} apart, and which lie {@code line} apart; borders are repeated. */
    private void along(float[] in, float[] out, float[] weights, int step, int line) {
        int reach = weights.length / 2;
        for (int l = 0; l < side; l++)
            for (int i = 0; i < side; i++)
                for (int c = 0; c < 3; c++) {
                    float sum = 0;
                    for (int k = -reach; k <= reach; k++) {
                        int at = Math.max(0, Math.min(side - 1, i + k));
                        sum += weights[k + reach] * in[l * line + at * step + c];
                    }
                    out[l * line + i * step + c] = sum;
                }
    }

    /** The picture at half the size, (side / 2, side / 2, 3): each pixel the mean of four. */
    float[] halved() {
        int half = side / 2;
        float[] small = new float[half * half * 3];
        for (int y = 0; y < half; y++)
            for (int x = 0; x < half; x++)
                for (int c = 0; c < 3; c++) {
                    int at = 3 * (2 * y * side + 2 * x) + c;
                    small[3 * (y * half + x) + c] =
                            (colours[at] + colours[at + 3] + colours[at + 3 * side] + colours[at + 3 * side + 3]) / 4;
                }
        return small;
    }
}
