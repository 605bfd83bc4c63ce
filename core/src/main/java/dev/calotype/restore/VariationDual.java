package dev.calotype.restore;

import java.util.stream.IntStream;

/**
 * The dual of the total variation of one picture: a vector p per pixel over rows, columns and all channels, of length 1 at
 * most, so that TV(x) is the largest ⟨∇x, p⟩. In Java memory, because an iteration in one pass over it costs less than
 * twenty passes of an engine. Pictures are planes of rows: (C, H, W).
 */
final class VariationDual {
    private static final int WORTH_SHARING = 1 << 18; // values: below, threads cost more than they bring

    private final int channels;
    private final int height;
    private final int width;
    private final float[] right;
    private final float[] down;

    VariationDual(int channels, int height, int width) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        right = new float[channels * height * width];
        down = new float[right.length];
    }

    /** p + step ∇x, each vector shortened to length 1. */
    void ascend(float[] x, float step) {
        rows().forEach(row -> ascend(x, step, row));
    }

    private IntStream rows() {
        IntStream rows = IntStream.range(0, height);
        return right.length >= WORTH_SHARING ? rows.parallel() : rows;
    }

    private void ascend(float[] x, float step, int row) {
        float[] length = new float[width];
        for (int c = 0; c < channels; c++) {
            int at = (c * height + row) * width;
            for (int i = 0; i < width - 1; i++) {
                float value = right[at + i] + step * (x[at + i + 1] - x[at + i]);
                right[at + i] = value;
                length[i] += value * value;
            }
            if (row == height - 1) continue;
            for (int i = 0; i < width; i++) {
                float value = down[at + i] + step * (x[at + width + i] - x[at + i]);
                down[at + i] = value;
                length[i] += value * value;
            }
        }
        for (int i = 0; i < width; i++) length[i] = 1 / Math.max(1, (float) Math.sqrt(length[i]));
        for (int c = 0; c < channels; c++) {
            int at = (c * height + row) * width;
            for (int i = 0; i < width; i++) right[at + i] *= length[i];
            for (int i = 0; i < width; i++) down[at + i] *= length[i];
        }
    }

    /** ∇ᵀp into {@code slope}. */
    void slope(float[] slope) {
        rows().forEach(row -> slope(slope, row));
    }

    private void slope(float[] slope, int row) {
        for (int c = 0; c < channels; c++) {
            int at = (c * height + row) * width;
            for (int i = 0; i < width; i++) slope[at + i] = -right[at + i] - down[at + i];
            for (int i = 1; i < width; i++) slope[at + i] += right[at + i - 1];
            if (row > 0) for (int i = 0; i < width; i++) slope[at + i] += down[at - width + i];
        }
    }

    /** TV(x): the sum over pixels of the length of the gradient of all channels. */
    double variation(float[] x) {
        double sum = 0;
        for (int row = 0; row < height; row++)
            for (int i = 0; i < width; i++) {
                double square = 0;
                for (int c = 0; c < channels; c++) {
                    int at = (c * height + row) * width + i;
                    double across = i < width - 1 ? x[at + 1] - x[at] : 0;
                    double below = row < height - 1 ? x[at + width] - x[at] : 0;
                    square += across * across + below * below;
                }
                sum += Math.sqrt(square);
            }
        return sum;
    }
}
