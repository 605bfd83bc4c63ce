package dev.calotype.metric;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The mean and the covariance of a stream of feature vectors, in double precision and in memory that does not grow with
 * their number.
 *
 * <p>Batches are folded in by the pairwise update of Chan, Golub &amp; LeVeque (1983), so the result does not depend on how
 * the stream was cut, up to rounding, and statistics of parts add up. Holds D x D doubles on the Java heap (34 MB for
 * 2048 dimensions). Not thread-safe: one per thread, then {@link #add(FeatureStatistics)}.
 */
public final class FeatureStatistics {
    private final int dimensions;
    private final double[] mean;
    private final double[] moments; // sum of (x - mean) (x - mean)^T, row-major
    private long count;

    /** The statistics of no vectors yet, of {@code dimensions} values each. */
    public FeatureStatistics(int dimensions) {
        if (dimensions < 1) throw new IllegalArgumentException("dimensions must be at least 1: " + dimensions);
        this.dimensions = dimensions;
        this.mean = new double[dimensions];
        this.moments = new double[Math.multiplyExact(dimensions, dimensions)];
    }

    /**
     * Statistics that were computed before, such as those of a published reference set.
     *
     * @param count how many vectors they describe, at least 2
     * @param mean D values
     * @param covariance unbiased, D x D values, row-major
     */
    public static FeatureStatistics of(long count, double[] mean, double[] covariance) {
        if (count < 2) throw new IllegalArgumentException("count must be at least 2: " + count);
        FeatureStatistics statistics = new FeatureStatistics(mean.length);
        if (covariance.length != statistics.moments.length)
            throw new IllegalArgumentException("covariance must have " + statistics.moments.length + " values for "
                    + mean.length + " dimensions: " + covariance.length);
        statistics.count = count;
        System.arraycopy(mean, 0, statistics.mean, 0, mean.length);
        for (int i = 0; i < covariance.length; i++) statistics.moments[i] = covariance[i] * (count - 1);
        return statistics;
    }

    /** The statistics of the rows of {@code features} (N, D), read in blocks. */
    static FeatureStatistics of(Tensor features) {
        FeatureStatistics statistics = new FeatureStatistics(Math.toIntExact(features.size(1)));
        long block = Features.blockRows(statistics.dimensions), count = features.size(0);
        for (long from = 0; from < count; from += block)
            statistics.add(features.narrow(0, from, Math.min(block, count - from)));
        return statistics;
    }

    /** What {@link #moments} gave, again. */
    static FeatureStatistics restore(long count, double[] mean, double[] moments) {
        FeatureStatistics statistics = new FeatureStatistics(mean.length);
        if (count < 0 || moments.length != statistics.moments.length)
            throw new IllegalArgumentException("statistics of " + count + " vectors of " + mean.length
                    + " dimensions do not have " + moments.length + " moments");
        statistics.count = count;
        System.arraycopy(mean, 0, statistics.mean, 0, mean.length);
        System.arraycopy(moments, 0, statistics.moments, 0, moments.length);
        return statistics;
    }

    /** The sum of (x - mean) (x - mean)^T, D x D, row-major. */
    double[] moments() {
        return moments.clone();
    }

    /**
     * Adds a batch.
     *
     * @param features (N, D) of any floating type
     * @throws IllegalArgumentException for another shape, or if a value is not finite
     */
    public void add(Tensor features) {
        Features.require("features", features, dimensions);
        long n = features.size(0);
        if (n == 0) return;
        Scope.read(() -> {
            Tensor x = features.cpu().to(ScalarType.Double); // (N, D)
            Tensor center = x.mean(0); // (D)
            Tensor residual = x.sub(center); // (N, D)
            merge(n, Tensors.doubles(center), Tensors.doubles(residual.t().mm(residual)));
            return null;
        });
    }

    /** Adds all vectors that {@code other} has seen. */
    public void add(FeatureStatistics other) {
        if (other.dimensions != dimensions)
            throw new IllegalArgumentException(
                    "cannot merge features of " + other.dimensions + " and " + dimensions + " dimensions");
        if (other.count > 0) merge(other.count, other.mean, other.moments);
    }

    /** mean += delta n / N; moments += other + delta delta^T count n / N. */
    private void merge(long n, double[] center, double[] other) {
        double share = (double) n / (count + n);
        double[] delta = new double[dimensions];
        for (int i = 0; i < dimensions; i++) delta[i] = center[i] - mean[i];
        for (int i = 0, ij = 0; i < dimensions; i++) {
            double weight = delta[i] * count * share;
            for (int j = 0; j < dimensions; j++, ij++) moments[ij] += other[ij] + weight * delta[j];
        }
        for (int i = 0; i < dimensions; i++) mean[i] += delta[i] * share;
        count += n;
    }

    public int dimensions() {
        return dimensions;
    }

    /** How many vectors were added. */
    public long count() {
        return count;
    }

    /** The D means; zeros while there are no vectors. */
    public double[] mean() {
        return mean.clone();
    }

    /**
     * The unbiased covariance (divided by count - 1), D x D, row-major.
     *
     * @throws IllegalStateException with fewer than 2 vectors
     */
    public double[] covariance() {
        if (count < 2) throw new IllegalStateException("a covariance needs at least 2 vectors: " + count);
        return Arrays.stream(moments).map(m -> m / (count - 1)).toArray();
    }

    /** Whether the covariance has directions without any variance because there are too few vectors: count &lt;= D. */
    public boolean rankDeficient() {
        return count <= dimensions;
    }

    @Override
    public String toString() {
        return "FeatureStatistics[count=" + count + ", dimensions=" + dimensions + "]";
    }
}
