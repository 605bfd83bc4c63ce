package dev.calotype.restore;

import dev.calotype.tensor.Scope;
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
        Tensor spectrum = u.t().matmul(observed).matmul(v).div(damped(size, ridge, observed)); // (N, C, H', W')
        return adjoint(u.matmul(spectrum).matmul(v.t())); // (N, C, H, W)
    }

    /** s tᵀ + ridge, infinite where a pseudo-inverse has zero, (H', W'), for images of a size. */
    private Tensor damped(Size size, double ridge, Tensor like) {
        Tensor grid = axis(size.height())
                .values(like)
                .unsqueeze(1)
                .mul(axis(size.width()).values(like)); // (H', W')
        if (ridge > 0) return grid.add(new Scalar(ridge));
        Tensor small = grid.lt(grid.max().mul(new Scalar(CUT)));
        return torch.where(small, new Scalar(Double.POSITIVE_INFINITY), grid);
    }

    /**
     * What of images is seen: B = Aᵀ (A Aᵀ + ridge I)⁻¹ A, made once for many images of a size. With P = Uᵀ R and Q = Vᵀ C that
     * is B X = Pᵀ [(P X Qᵀ) / (s tᵀ + ridge)] Q, half of the products that applying and inverting take.
     *
     * @param rows P, (H', H)
     * @param columns Q, (W', W)
     * @param damped (H', W')
     */
    record SeenPart(Tensor rows, Tensor columns, Tensor damped) implements AutoCloseable {
        Tensor of(Tensor image) {
            Tensor spectrum = rows.matmul(image).matmul(columns.t()).div(damped); // (N, C, H', W')
            return rows.t().matmul(spectrum).matmul(columns); // (N, C, H, W)
        }

        @Override
        public void close() {
            rows.close();
            columns.close();
            damped.close();
        }
    }

    /** B for images like this one. */
    default SeenPart seenPart(Tensor image, double ridge) {
        Size size = Size.of(image);
        return new SeenPart(
                Scope.keep(() -> across(axis(size.height()), image)),
                Scope.keep(() -> across(axis(size.width()), image)),
                Scope.keep(() -> damped(size, ridge, image)));
    }

    private static Tensor across(Axis axis, Tensor like) {
        return axis.vectors(like).t().matmul(axis.matrix(like));
    }
}
