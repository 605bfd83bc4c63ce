package dev.calotype.restore;

import org.bytedeco.pytorch.Tensor;

/** Takes white Gaussian noise of a known level off images. */
@FunctionalInterface
public interface GaussianDenoiser {
    /**
     * The estimate of the images behind noisy ones.
     *
     * @param noisy fp32 (N, C, H, W), nominally in [-1, 1]
     * @param sigma the standard deviation of the noise in the same units, more than 0
     * @return in the same shape, not clipped
     */
    Tensor denoise(Tensor noisy, double sigma);
}
