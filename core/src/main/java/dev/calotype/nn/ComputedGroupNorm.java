package dev.calotype.nn;

import dev.calotype.tensor.Scope;
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
    /** How many values are copied to fp32 at once, so that they stay in the cache; part of an image where it has more. */
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
        return map(norm, laidOut, scaleShift).apply(laidOut);
    }

    /**
     * y = a x + b, a map of each channel of each image.
     *
     * @param a (N, C, 1, 1)
     * @param b (N, C, 1, 1)
     */
    record Affine(Tensor a, Tensor b) {
        /** Of a map (N, C, H, W). */
        Tensor apply(Tensor x) {
            return torch.addcmul(b, x, a); // (N, C, H, W)
        }

        /** The same of some rows of it, into memory of their shape. */
        void apply(Tensor rows, Tensor into) {
            torch.addcmul_out(into, b, rows, a); // (N, C, h, W)
        }
    }

    /** What {@link #apply} does with each value of {@code x}, (N, C, H, W), channels-last. */
    static Affine map(GroupNormImpl norm, Tensor x, Tensor scaleShift) {
        int n = (int) x.size(0), c = (int) x.size(1);
        double[] sums = new double[n * c], squareSums = sums.clone();
        long row = x.size(3) * c, rows = Math.max(1, Math.min(x.size(2), COPIED / Math.max(1, row)));
        int images = rows < x.size(2) ? 1 : (int) Math.max(1, COPIED / Math.max(1, rows * row));
        for (int from = 0; from < n; from += images) {
            int first = from, few = Math.min(images, n - from);
            for (long top = 0; top < x.size(2); top += rows) {
                long upper = top, height = Math.min(rows, x.size(2) - top);
                // nothing is left of a part: what is small would keep the next one from where this one was
                Scope.run(() -> add(x.narrow(0, first, few).narrow(2, upper, height), sums, squareSums, first * c));
            }
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
        return new Affine(Values.halves(factors, x, n, c, 1, 1), Values.halves(offsets, x, n, c, 1, 1));
    }

    /** Adds what the values and their squares come to in each channel, in fp32 within a part. */
    private static void add(Tensor part, double[] sums, double[] squareSums, int at) {
        Tensor exact = part.to(ScalarType.Float);
        float[] some = Values.read(exact.sum(2, 3)),
                squares = Values.read(exact.mul_(exact).sum(2, 3)); // (N, C)
        for (int i = 0; i < some.length; i++) {
            sums[at + i] += some[i];
            squareSums[at + i] += squares[i];
        }
    }
}
