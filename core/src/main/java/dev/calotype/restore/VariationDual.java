package dev.calotype.restore;

import dev.calotype.tensor.Engine;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.bytedeco.pytorch.global.torch;

/**
 * The dual of the total variation of one picture: a vector p per pixel over rows, columns and all channels, of length 1 at
 * most, so that TV(x) is the largest ⟨∇x, p⟩. In Java memory, because an iteration in one pass over it costs less than
 * twenty passes of an engine. Pictures are lines, (C · H) of W values each: loops over whole arrays become vector instructions.
 */
final class VariationDual {
    private static final int WORTH_SHARING = 1 << 18; // values: below, threads cost more than they bring

    private final int channels;
    private final int height;
    private final int width;
    private final float[][] right;
    private final float[][] down;

    VariationDual(int channels, int height, int width) {
        this.channels = channels;
        this.height = height;
        this.width = width;
        right = new float[channels * height][width];
        down = new float[channels * height][width];
    }

    /** The lines of a picture of so many pixels across. */
    static float[][] lines(float[] values, int width) {
        float[][] lines = new float[values.length / width][width];
        for (int i = 0; i < lines.length; i++) System.arraycopy(values, i * width, lines[i], 0, width);
        return lines;
    }

    /** A picture of these lines. */
    static float[] flat(float[][] lines) {
        int width = lines[0].length;
        float[] values = new float[lines.length * width];
        for (int i = 0; i < lines.length; i++) System.arraycopy(lines[i], 0, values, i * width, width);
        return values;
    }

    private boolean isShared() {
        return channels * height * width >= WORTH_SHARING && torch.get_num_threads() > 1;
    }

    private void rows(IntConsumer work) {
        if (isShared()) Engine.sideBySide(height, work);
        else for (int row = 0; row < height; row++) work.accept(row);
    }

    /** p + step ∇x, each vector shortened to length 1. */
    void ascend(float[][] x, float step) {
        rows(row -> ascend(x, step, row));
    }

    private void ascend(float[][] x, float step, int row) {
        float[] length = new float[width], beside = new float[width];
        for (int c = 0; c < channels; c++) {
            int line = c * height + row;
            float[] here = x[line], across = right[line], below = down[line];
            System.arraycopy(here, 1, beside, 0, width - 1);
            beside[width - 1] = here[width - 1];
            float[] next = x[row == height - 1 ? line : line + 1];
            for (int i = 0; i < width; i++) {
                across[i] += step * (beside[i] - here[i]);
                below[i] += step * (next[i] - here[i]);
                length[i] += across[i] * across[i] + below[i] * below[i];
            }
        }
        for (int i = 0; i < width; i++) length[i] = 1 / Math.max(1, (float) Math.sqrt(length[i]));
        for (int c = 0; c < channels; c++) {
            float[] across = right[c * height + row], below = down[c * height + row];
            for (int i = 0; i < width; i++) {
                across[i] *= length[i];
                below[i] *= length[i];
            }
        }
    }

    /** ∇ᵀp into {@code slope}. */
    void slope(float[][] slope) {
        rows(row -> {
            for (int c = 0; c < channels; c++) slope(slope[c * height + row], c * height + row);
        });
    }

    private void slope(float[] slope, int line) {
        float[] across = right[line], below = down[line];
        System.arraycopy(across, 0, slope, 1, width - 1);
        slope[0] = 0;
        if (line % height == 0) {
            for (int i = 0; i < width; i++) slope[i] -= across[i] + below[i];
            return;
        }
        float[] above = down[line - 1];
        for (int i = 0; i < width; i++) slope[i] += above[i] - across[i] - below[i];
    }

    /**
     * What an iteration does to each pixel.
     *
     * @param y lines, like the picture
     * @param gain g of each pixel, rows for all channels alike
     */
    record Pull(float[][] y, float[][] gain, float step, float tau, float momentum) {}

    /**
     * An iteration whose picture is settled pixel by pixel: {@link #ascend} at the extrapolated picture, then x to
     * (1 − g) (x − τ ∇ᵀp) + g y, clipped, and its extrapolation. Row by row in one pass where threads do not share the work.
     *
     * @return the sum of the squares of the moves of x
     */
    double iterate(float[][] x, float[][] extrapolated, Pull pull) {
        if (isShared()) {
            ascend(extrapolated, pull.step);
            double[] moves = new double[height];
            rows(row -> moves[row] = settle(x, extrapolated, pull, row));
            return Arrays.stream(moves).sum();
        }
        double sum = 0;
        for (int row = 0; row < height; row++) {
            ascend(extrapolated, pull.step, row);
            sum += settle(x, extrapolated, pull, row);
        }
        return sum;
    }

    private double settle(float[][] x, float[][] extrapolated, Pull pull, int row) {
        float[] slope = new float[width], squares = new float[width], gain = pull.gain[row];
        float tau = pull.tau, momentum = pull.momentum;
        for (int c = 0; c < channels; c++) {
            int line = c * height + row;
            slope(slope, line);
            float[] old = x[line], next = extrapolated[line], y = pull.y[line];
            for (int i = 0; i < width; i++)
                next[i] = Math.max(-1, Math.min(1, (1 - gain[i]) * (old[i] - tau * slope[i]) + gain[i] * y[i]));
            for (int i = 0; i < width; i++) {
                float move = next[i] - old[i];
                old[i] = next[i];
                next[i] += momentum * move;
                squares[i] += move * move;
            }
        }
        double sum = 0;
        for (float square : squares) sum += square;
        return sum;
    }

    /** TV(x): the sum over pixels of the length of the gradient of all channels. */
    double variation(float[][] x) {
        double sum = 0;
        for (int row = 0; row < height; row++)
            for (int i = 0; i < width; i++) {
                double square = 0;
                for (int c = 0; c < channels; c++) {
                    float[] here = x[c * height + row];
                    double across = i < width - 1 ? here[i + 1] - here[i] : 0;
                    double below = row < height - 1 ? x[c * height + row + 1][i] - here[i] : 0;
                    square += across * across + below * below;
                }
                sum += Math.sqrt(square);
            }
        return sum;
    }
}
