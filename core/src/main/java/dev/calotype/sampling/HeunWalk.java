package dev.calotype.sampling;

import static dev.calotype.tensor.Tensors.combine;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/**
 * Heun's method in σ (Karras et al. 2022, algorithm 2) along any walk, as diffusers' {@code HeunDiscreteScheduler} walks: every
 * step but one to no noise makes two calls. {@link Heun} has the grid of EDM, and spares few steps their second call.
 */
public record HeunWalk(Walk walk) implements WalkSampler {
    @Override
    public Tensor proceed(Denoiser denoiser, Tensor noisy, Rng rng, Known known) {
        return Steps.run(noisy, walk.steps(), (x, i) -> known.kept(step(denoiser, x, i, known), walk.next(i)));
    }

    private Tensor step(Denoiser denoiser, Tensor x, int i, Known known) {
        NoiseLevel from = walk.leg(i).from(), to = walk.leg(i).to();
        Tensor clean = denoiser.denoise(x, from); // (N, C, H, W)
        // dx/dσ of the image scaled to unit signal is the noise in it.
        Tensor slope = Ddim.noise(x, clean, from); // (N, C, H, W)
        Tensor euler = combine(to.signal(), clean, to.noise(), slope); // (N, C, H, W)
        if (to.noise() == 0) return euler;
        Tensor seen = known.kept(euler, walk.next(i)); // (N, C, H, W)
        Tensor next = Ddim.noise(seen, denoiser.denoise(seen, to), to); // (N, C, H, W)
        double half = to.signal() * (to.sigma() - from.sigma()) / 2;
        return euler.add(combine(half, next, -half, slope)); // (N, C, H, W)
    }

    @Override
    public int calls() {
        int last = walk.leg(walk.steps() - 1).to().noise() == 0 ? 1 : 0;
        return 2 * walk.steps() - last;
    }
}
