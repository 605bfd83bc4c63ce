package dev.calotype.diffusion;

import org.bytedeco.pytorch.Tensor;

/** Any network, seen as a function; despite the name it may predict the noise, the image or the velocity. */
@FunctionalInterface
public interface NoisePredictor {
    /**
     * The prediction as a {@link Parameterization} says.
     *
     * @param noisy x_t, (N, C, H, W)
     * @param times what time it is for each sample, fp32 in 0..1000, (N)
     * @return fp32, (N, C, H, W), or (N, 2C, H, W) with {@link Variance#LEARNED_RANGE}: prediction, then variance
     */
    Tensor predict(Tensor noisy, Tensor times);
}
