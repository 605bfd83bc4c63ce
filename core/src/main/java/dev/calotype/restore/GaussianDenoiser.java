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

    /**
     * What {@link #denoise} answers where pixels are missing. What is answered elsewhere is no estimate: it may be left out, which saves
     * time.
     */
    default Tensor inHoles(Tensor noisy, double sigma, Masking mask) {
        return denoise(noisy, sigma);
    }
}
