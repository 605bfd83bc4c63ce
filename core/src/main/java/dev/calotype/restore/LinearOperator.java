package dev.calotype.restore;

import org.bytedeco.pytorch.Tensor;

/** A linear map A of images, such as a blur. Gradients flow through all methods unless the caller forbids them. */
public interface LinearOperator {
    /** A x: (N, C, H, W) to (N, C, H', W'). */
    Tensor apply(Tensor image);

    /** Aᵀ y: (N, C, H', W') to (N, C, H, W), where H and W are those of {@link #imageSize}. */
    Tensor adjoint(Tensor observed);

    /**
     * Aᵀ (A Aᵀ + ridge I)⁻¹ y: for a ridge of 0 the pseudo-inverse, for a positive one the best linear estimate of an
     * image of unit variance under noise of variance {@code ridge}.
     *
     * @param ridge at least 0
     */
    Tensor invert(Tensor observed, double ridge);

    /** Height and width of the images that A maps to observations of {@code height} x {@code width}. */
    Size imageSize(Size observed);

    /** Height and width of what A makes of images of {@code image}. */
    Size observedSize(Size image);

    /** Height and width in pixels. */
    record Size(long height, long width) {
        /** That of (N, C, H, W). */
        public static Size of(Tensor x) {
            return new Size(x.size(2), x.size(3));
        }
    }
}
