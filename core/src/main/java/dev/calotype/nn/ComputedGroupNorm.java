package dev.calotype.nn;

import dev.calotype.tensor.Tensors;
import dev.calotype.tensor.Values;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * {@link LinearGroupNorm} on a CPU where no backward pass follows. The engine goes over the pixels, four times; the few numbers in between, which
 * take it twenty calls, are computed here.
 */
final class ComputedGroupNorm {
    /** From this many values of an image on they are summed as they are, in two steps. Fewer are copied to fp32, which is faster and exact. */
    private static final long LARGE = 1 << 18;

    /** How many values are copied at once, so that they stay in the cache. */
    private static final long COPIED = 1 << 20;

    private ComputedGroupNorm() {}

    /**
     * Normalises, and modulates if there is something to modulate by.
     *
     * @param x (N, C, H, W), bf16
     * @param scaleShift (N, 2C), scales first, or {@code null}
     * @return norm(x) (1 + scale) + shift, (N, C, H, W), channels-last
     */
    static Tensor apply(GroupNormImpl norm, Tensor x, Tensor scaleShift) {
        Tensor laidOut = Layout.CHANNELS_LAST.apply(x);
        int n = (int) x.size(0), c = (int) x.size(1);
        float[] sums = new float[n * c], squareSums = sums.clone();
        long values = x.size(2) * x.size(3) * c;
        int step = values >= LARGE ? n : (int) Math.max(1, COPIED / Math.max(1, values));
        for (int from = 0; from < n; from += step) {
            Tensor part = laidOut.narrow(0, from, Math.min(step, n - from));
            float[][] both = values >= LARGE ? sumsOfMany(part) : sums(part);
            System.arraycopy(both[0], 0, sums, from * c, both[0].length);
            System.arraycopy(both[1], 0, squareSums, from * c, both[1].length);
        }
        float[] factors = new float[n * c], offsets = new float[n * c];
        float[] weight = Values.read(norm.weight()), bias = Values.read(norm.bias());
        float[] told = scaleShift == null ? null : Values.read(scaleShift);
        int width = c / GroupNorm.groups(norm);
        double count = (double) (x.size(2) * x.size(3)) * width, epsilon = GroupNorm.epsilon(norm);
        for (int from = 0; from < n * c; from += width) {
            double sum = 0, squareSum = 0;
            for (int i = from; i < from + width; i++) {
                sum += sums[i];
                squareSum += squareSums[i];
            }
            double mean = sum / count;
            double deviation = Math.sqrt(Math.max(0, squareSum / count - mean * mean) + epsilon);
            for (int i = from; i < from + width; i++) {
                int channel = i % c;
                double factor = weight[channel] / deviation, offset = bias[channel] - mean * factor;
                if (told != null) {
                    int scale = i / c * 2 * c + channel;
                    double gain = 1 + told[scale];
                    factor *= gain;
                    offset = offset * gain + told[scale + c];
                }
                factors[i] = (float) factor;
                offsets[i] = (float) offset;
            }
        }
        Tensor a = Values.halves(factors, laidOut, n, c, 1, 1), b = Values.halves(offsets, laidOut, n, c, 1, 1);
        return torch.addcmul(b, laidOut, a); // (N, C, H, W)
    }

    /** Of the values and of their squares, over the pixels of each channel, in fp32. */
    private static float[][] sums(Tensor x) {
        Tensor exact = x.to(ScalarType.Float);
        float[] sums = Values.read(exact.sum(2, 3)); // (N, C)
        float[] squareSums = Values.read(exact.mul_(exact).sum(2, 3)); // (N, C)
        exact.close();
        return new float[][] {sums, squareSums};
    }

    /** The same, of squares in bf16, without a copy that is twice as large. */
    private static float[][] sumsOfMany(Tensor x) {
        Tensor squares = x.mul(x);
        float[][] both = {rowsFirst(x), rowsFirst(squares)};
        squares.close();
        return both;
    }

    private static float[] rowsFirst(Tensor x) {
        return Values.read(Tensors.sum(x.sum(3), ScalarType.Float, 2)); // (N, C)
    }
}
