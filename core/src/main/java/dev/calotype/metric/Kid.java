package dev.calotype.metric;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The kernel distance between two sets of features (Binkowski et al. 2018): the unbiased squared maximum mean discrepancy
 * with the kernel (x.y / D + 1)^3. Its expectation does not depend on the number of samples and is 0 for equal
 * distributions, so single values may be negative.
 *
 * @param value of all pairs
 * @param standardError of {@code value}, from the spread of the subsets
 * @param subsetMean the mean over the subsets, the number that most papers print
 * @param subsetDeviation the standard deviation over the subsets, often printed after it; no error of anything
 * @param subsets what was drawn
 */
public record Kid(double value, double standardError, double subsetMean, double subsetDeviation, Subsets subsets) {
    private static final double NORMAL_975 = 1.959963984540054;

    /**
     * How many random subsets to draw, and how large: samples of one subset differ, subsets overlap.
     *
     * @param count at least 2
     * @param size at least 2
     */
    public record Subsets(int count, int size) {
        public Subsets {
            if (count < 2) throw new IllegalArgumentException("count of subsets must be at least 2: " + count);
            if (size < 2) throw new IllegalArgumentException("size of subsets must be at least 2: " + size);
        }

        /** 100 subsets of 1000, or of half of the samples if they are fewer than 2000. */
        public static Subsets standard(long samples) {
            return new Subsets(100, (int) Math.max(2, Math.min(1000, samples / 2)));
        }
    }

    /**
     * The distance with its uncertainty. The error is that of subsampling (Politis &amp; Romano 1994): a subset of m of n
     * samples spreads as n samples of the population would, but for the factor sqrt(m / (n - m)). For equal distributions
     * it errs on the wide side.
     *
     * @param real (N, D)
     * @param fake (M, D)
     * @throws IllegalArgumentException unless both sets are larger than a subset
     */
    public static Kid between(Tensor real, Tensor fake, Subsets subsets, Rng rng) {
        Features.requirePair(real, fake, subsets.size() + 1L);
        return Scope.read(() -> {
            Tensor x = Features.exact(real); // (N, D)
            Tensor y = Features.exact(fake); // (M, D)
            double[] values = new double[subsets.count()];
            for (int i = 0; i < values.length; i++) {
                Rng draw = rng.fork(i);
                values[i] = Scope.read(() -> discrepancy(subset(x, subsets, draw), subset(y, subsets, draw)));
            }
            double mean = Arrays.stream(values).average().orElseThrow();
            double squares =
                    Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
            double deviation = Math.sqrt(squares / (values.length - 1));
            double rest = Math.min(x.size(0), y.size(0)) - subsets.size();
            double error = deviation * Math.sqrt(subsets.size() / rest);
            return new Kid(discrepancy(x, y), error, mean, deviation, subsets);
        });
    }

    /** The estimate from all pairs of {@code real} (N, D) and {@code fake} (M, D), each of at least 2 rows. */
    public static double unbiased(Tensor real, Tensor fake) {
        Features.requirePair(real, fake, 2);
        return Scope.read(() -> discrepancy(Features.exact(real), Features.exact(fake)));
    }

    /** The lower end of the 95 % interval around {@link #value}. */
    public double low() {
        return value - NORMAL_975 * standardError;
    }

    /** The upper end of the 95 % interval around {@link #value}. */
    public double high() {
        return value + NORMAL_975 * standardError;
    }

    private static Tensor subset(Tensor x, Subsets subsets, Rng rng) {
        return x.index_select(
                0, Tensors.of(Features.draw(Math.toIntExact(x.size(0)), subsets.size(), rng))); // (size, D)
    }

    private static double discrepancy(Tensor x, Tensor y) {
        double n = x.size(0);
        double m = y.size(0);
        return (kernelSum(x, x) - diagonalSum(x)) / (n * (n - 1))
                + (kernelSum(y, y) - diagonalSum(y)) / (m * (m - 1))
                - 2 * kernelSum(x, y) / (n * m);
    }

    private static double kernelSum(Tensor x, Tensor y) {
        double sum = 0;
        long rows = Features.blockRows(y.size(0));
        for (long from = 0; from < x.size(0); from += rows) {
            long start = from;
            long length = Math.min(rows, x.size(0) - from);
            sum += Scope.read(() -> cubic(x.narrow(0, start, length).mm(y.t()), x.size(1)));
        }
        return sum;
    }

    private static double diagonalSum(Tensor x) {
        return Scope.read(() -> cubic(x.square().sum(1), x.size(1)));
    }

    /** The sum of (products / D + 1)^3. */
    private static double cubic(Tensor products, long dimensions) {
        return products.div(new Scalar((double) dimensions))
                .add(new Scalar(1.0))
                .pow(new Scalar(3.0))
                .sum()
                .item_double();
    }
}
