package dev.calotype.diffusion;

import java.util.function.Consumer;
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

    /** The same, which tells of every x̂₀ that it predicts. */
    default Denoiser telling(Consumer<Tensor> told) {
        Denoiser own = this;
        return new Denoiser() {
            @Override
            public Tensor denoise(Tensor noisy, NoiseLevel level) {
                Tensor clean = own.denoise(noisy, level);
                told.accept(clean);
                return clean;
            }

            @Override
            public Prediction predict(Tensor noisy, NoiseLevel level) {
                Prediction predicted = own.predict(noisy, level);
                told.accept(predicted.clean());
                return predicted;
            }
        };
    }
}
