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
        if (first.dimensions() != second.dimensions())
            throw new IllegalArgumentException(
                    "cannot compare features of " + first.dimensions() + " and " + second.dimensions() + " dimensions");
        double[] m1 = first.mean();
        double[] m2 = second.mean();
        double distance = 0;
        for (int i = 0; i < m1.length; i++) distance += (m1[i] - m2[i]) * (m1[i] - m2[i]);
        return new Fid(distance, covarianceTerm(first, second));
    }

    /** The distance: {@link #meanTerm} + {@link #covarianceTerm}. */
    public double value() {
        return meanTerm + covarianceTerm;
    }

    private static double covarianceTerm(FeatureStatistics first, FeatureStatistics second) {
        int d = first.dimensions();
        return Scope.read(() -> {
            Tensor s1 = Tensors.ofDoubles(first.covariance(), d, d); // (D, D)
            Tensor s2 = Tensors.ofDoubles(second.covariance(), d, d); // (D, D)
            double traces = s1.trace().item_double() + s2.trace().item_double();
            var eigen = torch.linalg_eigh(s1);
            Tensor root = eigen.get1().mul(roots(eigen.get0())); // (D, D): s1 = root root^T
            Tensor product = root.t().mm(s2).mm(root); // (D, D)
            double overlap = roots(torch.linalg_eigvalsh(product)).sum().item_double();
            return Math.max(0, traces - 2 * overlap);
        });
    }

    private static Tensor roots(Tensor eigenvalues) {
        return eigenvalues.clamp_min(new Scalar(0.0)).sqrt();
    }
}
