package dev.calotype.diffusion;

import org.bytedeco.pytorch.Tensor;

/** Predicts the clean image from a noisy one, x̂₀ = D(x; level): all that a sampler knows of a model. */
@FunctionalInterface
public interface Denoiser {
    /** x̂₀ of {@code noisy}, which is all at one level; (N, C, H, W) to (N, C, H, W), into the caller's scope. */
    Tensor denoise(Tensor noisy, NoiseLevel level);

    /** {@link #denoise}, and the variance of the reverse step if the model has learned one. */
    default Prediction predict(Tensor noisy, NoiseLevel level) {
        return new Prediction(denoise(noisy, level), null);
    }
}
