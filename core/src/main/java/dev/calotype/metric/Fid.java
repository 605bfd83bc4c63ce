package dev.calotype.metric;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The Frechet distance between two sets of features, each seen as a Gaussian (Heusel et al. 2017): lower is better, 0 for
 * equal means and covariances.
 *
 * <p>It falls with the number of samples: compare only values of the same network, resize and counts, and prefer
 * {@link Kid} for small sets.
 *
 * @param meanTerm |m1 - m2|^2
 * @param covarianceTerm tr(S1 + S2 - 2 (S1 S2)^(1/2)), at least 0
 */
public record Fid(double meanTerm, double covarianceTerm) {

    /**
     * The distance of two sets of the same dimensions, each of at least 2 vectors. Takes memory for about eight D x D
     * matrices and time cubic in D.
     *
     * <p>The trace of the root is the sum of the roots of the eigenvalues of the symmetric S1^(1/2) S2 S1^(1/2), in double
     * precision; what rounding makes negative counts as 0.
     */
    public static Fid between(FeatureStatistics first, FeatureStatistics second) {
        requireSame(first.dimensions(), second.dimensions());
        return reference(first).distance(second);
    }

    /** The distance: {@link #meanTerm} + {@link #covarianceTerm}. */
    public double value() {
        return meanTerm + covarianceTerm;
    }

    /** A set that several others are compared with: half of the work is done once. */
    static Reference reference(FeatureStatistics statistics) {
        int d = statistics.dimensions();
        return Scope.read(() -> {
            Tensor covariance = Tensors.ofDoubles(statistics.covariance(), d, d); // (D, D)
            double trace = covariance.trace().item_double();
            var eigen = torch.linalg_eigh(covariance);
            Tensor root = eigen.get1().mul(roots(eigen.get0())); // (D, D): covariance = root root^T
            return new Reference(statistics.mean(), Tensors.doubles(root), trace);
        });
    }

    /**
     * Mean and covariance, decomposed.
     *
     * @param root (D, D), row-major; times its transpose it is the covariance
     */
    record Reference(double[] mean, double[] root, double trace) {
        Fid distance(FeatureStatistics other) {
            int d = mean.length;
            requireSame(d, other.dimensions());
            double[] center = other.mean();
            double distance = 0;
            for (int i = 0; i < d; i++) distance += (mean[i] - center[i]) * (mean[i] - center[i]);
            double covarianceTerm = Scope.read(() -> {
                Tensor s = Tensors.ofDoubles(other.covariance(), d, d); // (D, D)
                Tensor r = Tensors.ofDoubles(root, d, d); // (D, D)
                Tensor product = r.t().mm(s).mm(r); // (D, D)
                double overlap = roots(torch.linalg_eigvalsh(product)).sum().item_double();
                return Math.max(0, trace + s.trace().item_double() - 2 * overlap);
            });
            return new Fid(distance, covarianceTerm);
        }
    }

    private static void requireSame(int first, int second) {
        if (first != second)
            throw new IllegalArgumentException(
                    "cannot compare features of " + first + " and " + second + " dimensions");
    }

    private static Tensor roots(Tensor eigenvalues) {
        return eigenvalues.clamp_min(new Scalar(0.0)).sqrt();
    }
}
