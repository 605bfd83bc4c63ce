package dev.calotype.sampling;

import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/**
 * Euler's method of the probability-flow equation in σ (Karras et al. 2022), along any walk. It is the step of DDIM (Song et al.
 * 2021): x' = signal'·x̂₀ + noise'·ε̂. With η = 1 it is Euler's ancestral sampling.
 *
 * @param eta how much fresh noise each step adds, 0..1
 * @param clip what is done to x̂₀, but not to the noise ε̂ that is taken on: as diffusers' DDIM does. Give it a denoiser that does
 *     not clip; where the noise is to be that of the clipped image, let the denoiser clip and this not
 */
public record Euler(Walk walk, double eta, Clip clip) implements WalkSampler {
    public Euler {
        if (!(eta >= 0 && eta <= 1)) throw new IllegalArgumentException("eta must be in 0..1: " + eta);
    }

    @Override
    public Tensor proceed(Denoiser denoiser, Tensor noisy, Rng rng, Known known) {
        return Steps.run(noisy, walk.steps(), (x, i) -> known.kept(step(denoiser, x, i, rng), walk.next(i)));
    }

    private Tensor step(Denoiser denoiser, Tensor x, int i, Rng rng) {
        NoiseLevel from = walk.leg(i).from(), to = walk.leg(i).to();
        Tensor clean = denoiser.denoise(x, from); // (N, C, H, W)
        double ratio = from.signal() / to.signal();
        double fresh = eta * to.noise() / from.noise() * Math.sqrt(Math.max(0, 1 - ratio * ratio));
        return Ddim.transition(x, clean, clip, walk.leg(i), fresh, rng);
    }
}
