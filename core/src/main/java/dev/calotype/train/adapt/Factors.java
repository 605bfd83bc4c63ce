package dev.calotype.train.adapt;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The factors of one weight: W = W0 + s B A (LoRA, Hu et al. 2021), or W = m V / ‖V‖ with V = W0 + s B A and the length of each row
 * in ‖V‖ (DoRA, Liu et al. 2024). A convolution is the matrix of its filters. All are fp32 matrices.
 *
 * @param scale s, alpha over the rank
 * @param down A (r, in)
 * @param up B (out, r)
 * @param magnitude m (out), or null
 */
public record Factors(double scale, Tensor down, Tensor up, Tensor magnitude) {
    /** V. */
    private Tensor sum(Tensor base) {
        return base.add(up.matmul(down), new Scalar(scale)); // (out, in)
    }

    /** The lengths of the rows of a matrix, (out, 1). */
    public static Tensor lengths(Tensor matrix) {
        return Scope.tidy(() ->
                Tensors.sum(matrix.mul(matrix), Tensors.dtype(matrix), 1).sqrt().unsqueeze(1));
    }

    /** The weight that these make of W0 (out, in), (out, in). */
    public Tensor merged(Tensor base) {
        return Scope.tidy(() -> {
            Tensor sum = sum(base);
            return magnitude == null ? sum : sum.mul(magnitude.unsqueeze(1).div(lengths(sum)));
        });
    }

    /**
     * The gradients of the factors, put into tensors of their shapes.
     *
     * @param base W0 (out, in)
     * @param gradient of the weight, (out, in)
     * @param into where they go; its scale is not looked at
     */
    public void gradients(Tensor base, Tensor gradient, Factors into) {
        Scope.read(() -> {
            Tensor ofSum = magnitude == null ? gradient : throughLengths(base, gradient, into.magnitude);
            into.up.copy_(ofSum.matmul(down.t())).mul_(new Scalar(scale)); // (out, r)
            into.down.copy_(up.t().matmul(ofSum)).mul_(new Scalar(scale)); // (r, in)
            return null;
        });
    }

    /** dV = (m / ‖V‖) (dW - v (v · dW)) with the row's direction v = V / ‖V‖, and dm = v · dW. */
    private Tensor throughLengths(Tensor base, Tensor gradient, Tensor ofMagnitude) {
        Tensor sum = sum(base), lengths = lengths(sum), direction = sum.div(lengths); // (out, in), (out, 1), (out, in)
        Tensor along = Tensors.sum(direction.mul(gradient), Tensors.dtype(gradient), 1); // (out)
        ofMagnitude.copy_(along);
        return gradient.sub(direction.mul(along.unsqueeze(1)))
                .mul(magnitude.unsqueeze(1).div(lengths)); // (out, in)
    }
}
