package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/** A linear map A of images, such as a blur. Gradients flow through all methods unless the caller forbids them. */
public interface LinearOperator extends Damage {
    /** A x: (N, C, H, W) to (N, C, H', W'). */
    Tensor apply(Tensor image);

    /** Aᵀ y: (N, C, H', W') to (N, C, H, W), where H and W are those of {@link #imageSize}. */
    Tensor adjoint(Tensor observed);

    /**
     * Aᵀ (A Aᵀ + ridge I)⁻¹ y: for a ridge of 0 the pseudo-inverse, for a positive one the best linear estimate of an
     * image of unit variance under noise of variance {@code ridge}. Where nothing better is known this is found by at
     * most 200 conjugate gradients; a pseudo-inverse that exists only in theory is then a regularised one.
     *
     * @param ridge at least 0
     */
    default Tensor invert(Tensor observed, double ridge) {
        return LeastSquares.solve(this, observed, ridge);
    }

    /** Height and width of the images that A maps to observations of {@code observed}: the same unless A says otherwise. */
    default Size imageSize(Size observed) {
        return observed;
    }

    /** Height and width of what A makes of images of {@code image}: the same unless A says otherwise. */
    default Size observedSize(Size image) {
        return image;
    }

    /** This operator, which is the same for all pictures. */
    @Override
    default LinearOperator on(Size image, Rng rng) {
        observedSize(image);
        return this;
    }

    /** Height and width in pixels. */
    record Size(long height, long width) {
        /** That of (N, C, H, W). */
        public static Size of(Tensor x) {
            return new Size(x.size(2), x.size(3));
        }

        @Override
        public String toString() {
            return height + " x " + width;
        }
    }
}
