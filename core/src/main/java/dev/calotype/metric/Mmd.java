package dev.calotype.metric;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The squared maximum mean discrepancy of two sets of features with the Gaussian kernel exp(-|x - y|^2 / (2 s^2)): unlike
 * the FID it takes features for no particular distribution (Gretton et al. 2012).
 *
 * @param value unbiased, so it may be negative for equal distributions
 * @param biased the estimate with the pairs of each sample with itself, at least 0
 * @param bandwidth s
 */
public record Mmd(double value, double biased, double bandwidth) {
    private static final int MEDIAN_ROWS = 1000;

    /**
     * Compares two sets.
     *
     * @param real (N, D), N at least 2
     * @param fake (M, D), M at least 2
     * @param bandwidth s, above 0; {@link #medianDistance} suits any features
     */
    public static Mmd between(Tensor real, Tensor fake, double bandwidth) {
        if (!(bandwidth > 0 && Double.isFinite(bandwidth)))
            throw new IllegalArgumentException("bandwidth must be above 0 and finite: " + bandwidth);
        Features.requirePair(real, fake, 2);
        return Scope.read(() -> {
            Tensor x = Features.exact(real); // (N, D)
            Tensor y = Features.exact(fake); // (M, D)
            double n = x.size(0);
            double m = y.size(0);
            double xx = kernelSum(x, x, bandwidth);
            double yy = kernelSum(y, y, bandwidth);
            double across = 2 * kernelSum(x, y, bandwidth) / (n * m);
            double unbiased = (xx - n) / (n * (n - 1)) + (yy - m) / (m * (m - 1)) - across;
            return new Mmd(unbiased, Math.max(0, xx / (n * n) + yy / (m * m) - across), bandwidth);
        });
    }

    /**
     * The median distance between two of the first {@value #MEDIAN_ROWS} rows of {@code real} (N, D), N at least 2; where it is 0 that
     * between two that differ, and 1 where none do.
     */
    public static double medianDistance(Tensor real) {
        if (real.dim() != 2 || real.size(0) < 2)
            throw new IllegalArgumentException(
                    "a median distance needs at least 2 rows (N, D): " + Arrays.toString(Tensors.shape(real)));
        return Scope.read(() -> {
            Tensor x = Features.exact(real.narrow(0, 0, Math.min(MEDIAN_ROWS, real.size(0))));
            double[] squares = Tensors.doubles(PrecisionRecall.squaredDistances(x, x));
            int n = Math.toIntExact(x.size(0));
            double[] distances = new double[n * (n - 1) / 2];
            for (int i = 0, k = 0; i < n; i++)
                for (int j = 0; j < i; j++) distances[k++] = Math.sqrt(squares[i * n + j]);
            Arrays.sort(distances);
            int same = 0;
            if (distances[distances.length / 2] == 0) while (same < distances.length && distances[same] == 0) same++;
            return same == distances.length ? 1 : distances[(same + distances.length) / 2];
        });
    }

    private static double kernelSum(Tensor x, Tensor y, double bandwidth) {
        double sum = 0;
        long rows = Features.blockRows(y.size(0));
        for (long from = 0; from < x.size(0); from += rows) {
            long start = from;
            long length = Math.min(rows, x.size(0) - from);
            sum += Scope.read(() -> PrecisionRecall.squaredDistances(x.narrow(0, start, length), y)
                    .mul(new Scalar(-0.5 / (bandwidth * bandwidth)))
                    .exp()
                    .sum()
                    .item_double());
        }
        return sum;
    }
}
