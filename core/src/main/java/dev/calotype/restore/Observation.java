package dev.calotype.restore;

import org.bytedeco.pytorch.Tensor;

/**
 * What was seen, y = A x + n, and how it came about.
 *
 * @param image y, fp32 (1, C, H', W') in [-1, 1]
 * @param operator A
 * @param sigma the standard deviation of n; 0 if there is none
 */
public record Observation(Tensor image, LinearOperator operator, double sigma) {
    public Observation {
        if (!(sigma >= 0)) throw new IllegalArgumentException("sigma must be at least 0: " + sigma);
    }

    /** Height and width of the image to be restored. */
    public LinearOperator.Size size() {
        return operator.imageSize(LinearOperator.Size.of(image));
    }
}
