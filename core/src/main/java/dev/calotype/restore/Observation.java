package dev.calotype.restore;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * What was seen, y = A x + n, and how it came about.
 *
 * @param image y, fp32 (1, C, H', W') in [-1, 1], or beyond where noise is not clipped
 * @param operator A
 * @param sigma the standard deviation of n; 0 if there is none
 * @param feasible what y says for certain of A x
 */
public record Observation(Tensor image, LinearOperator operator, double sigma, FeasibleSet feasible) {
    public Observation {
        if (!(sigma >= 0)) throw new IllegalArgumentException("sigma must be at least 0: " + sigma);
    }

    /** An observation that says nothing for certain. */
    public Observation(Tensor image, LinearOperator operator, double sigma) {
        this(image, operator, sigma, FeasibleSet.ALL);
    }

    /** Whether y says something for certain. */
    boolean isCertain() {
        return feasible != FeasibleSet.ALL;
    }

    /**
     * The least change of images that makes them agree with y, Aᵀ (A Aᵀ + ridge)⁻¹ (y − A x); where y says something for certain, that to the
     * nearest A x which it allows.
     *
     * @param x fp32 (N, C, H, W)
     */
    Tensor correction(Tensor x, double ridge) {
        Tensor seen = operator.apply(x); // (N, C, H', W')
        return isCertain()
                ? operator.invert(feasible.project(seen, image).sub(seen), 0) // (N, C, H, W)
                : operator.invert(image.sub(seen), ridge);
    }

    /** What is left of it where {@code visible}, (1, 1, H', W'), is not 0; there at least must be a pixel of it. */
    Observation seenAt(Tensor visible) {
        Tensor hidden = visible.eq(new Scalar(0.0));
        Masking shown = (operator instanceof Masking mask ? mask : Masking.whole(LinearOperator.Size.of(image)))
                .without(hidden);
        boolean alone = operator instanceof Identity || operator instanceof Masking;
        return new Observation(shown.apply(image), alone ? shown : new Composition(operator, shown), sigma);
    }

    /** Height and width of the image to be restored. */
    public LinearOperator.Size size() {
        return operator.imageSize(LinearOperator.Size.of(image));
    }
}
