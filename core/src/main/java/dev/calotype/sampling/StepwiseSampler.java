package dev.calotype.sampling;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** A sampler that may begin with an image that is noised to its first level, and lets what is known be put back after every call. */
public interface StepwiseSampler extends Sampler {
    /** Puts back what is known of an image. */
    @FunctionalInterface
    interface Known {
        /** Nothing is. */
        Known NOTHING = (x, level) -> x;

        /**
         * The image with what is known in its place, into the caller's scope.
         *
         * @param x (N, C, H, W)
         * @param level how noisy x is, {@link NoiseLevel#CLEAN} at the end
         */
        Tensor kept(Tensor x, NoiseLevel level);
    }

    /** The level of the first call. */
    NoiseLevel first();

    /** What standard normal noise is multiplied by where there is nothing else to begin with. */
    default double start() {
        return 1;
    }

    /**
     * An image per row of {@code noisy}.
     *
     * @param noisy images at the level {@link #first}, (N, C, H, W)
     * @return x₀ in the caller's scope, without gradients, (N, C, H, W)
     */
    Tensor proceed(Denoiser denoiser, Tensor noisy, Rng rng, Known known);

    @Override
    default Tensor sample(Denoiser denoiser, Tensor noise, Rng rng) {
        return Scope.inference(() -> proceed(denoiser, Tensors.scale(start(), noise), rng, Known.NOTHING));
    }
}
