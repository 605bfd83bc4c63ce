package dev.calotype.restore;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * An operator of rows and columns, Y = R X Cᵀ. With R Rᵀ = U diag(s) Uᵀ and C Cᵀ = V diag(t) Vᵀ,
 * (A Aᵀ + ridge I)⁻¹ Y = U [(Uᵀ Y V) / (s tᵀ + ridge)] Vᵀ, which is exact and costs four products of matrices.
 */
interface Separable extends LinearOperator {
    /** Singular values of A below a thousandth of the largest count as zero in a pseudo-inverse. */
    double CUT = 1e-6;

    /** The matrix for rows or columns of {@code length} pixels; equal operators share it. */
    Axis axis(long length);

    @Override
    default Tensor apply(Tensor image) {
        observedSize(Size.of(image));
        Tensor rows = axis(image.size(2)).matrix(image); // (H', H)
        Tensor columns = axis(image.size(3)).matrix(image); // (W', W)
        return rows.matmul(image).matmul(columns.t()); // (N, C, H', W')
    }

    @Override
    default Tensor adjoint(Tensor observed) {
        Size size = imageSize(Size.of(observed));
        Tensor rows = axis(size.height()).matrix(observed); // (H', H)
        Tensor columns = axis(size.width()).matrix(observed); // (W', W)
        return rows.t().matmul(observed).matmul(columns); // (N, C, H, W)
    }

    @Override
    default Tensor invert(Tensor observed, double ridge) {
        if (!(ridge >= 0)) throw new IllegalArgumentException("ridge must be at least 0: " + ridge);
        Size size = imageSize(Size.of(observed));
        Axis rows = axis(size.height());
        Axis columns = axis(size.width());
        Tensor u = rows.vectors(observed); // (H', H')
        Tensor v = columns.vectors(observed); // (W', W')
        Tensor grid = rows.values(observed).unsqueeze(1).mul(columns.values(observed)); // (H', W')
        Tensor damped = grid.add(new Scalar(ridge));
        if (ridge == 0) {
            Tensor small = grid.lt(grid.max().mul(new Scalar(CUT)));
            damped = torch.where(small, new Scalar(Double.POSITIVE_INFINITY), grid);
        }
        Tensor spectrum = u.t().matmul(observed).matmul(v).div(damped); // (N, C, H', W')
        return adjoint(u.matmul(spectrum).matmul(v.t())); // (N, C, H, W)
    }
}
