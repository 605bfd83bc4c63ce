package dev.calotype.sampling;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/** Turns noise into an image by repeated denoising. Stateless: one instance serves any number of threads. */
public interface Sampler {
    /**
     * An image per row of {@code noise}. Its memory does not grow with the number of steps.
     *
     * @param noise standard normal, (N, C, H, W)
     * @param rng the source of what noise is added on the way; {@link Rng#images} makes an image independent of its
     *     batch
     * @return x₀ in the caller's scope, without gradients, (N, C, H, W)
     */
    Tensor sample(Denoiser denoiser, Tensor noise, Rng rng);

    /** How often {@link #sample} calls the denoiser: what it costs. */
    int calls();
}
