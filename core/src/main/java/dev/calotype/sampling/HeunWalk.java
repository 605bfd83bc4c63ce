package dev.calotype.sampling;

import static dev.calotype.tensor.Tensors.combine;
import static dev.calotype.tensor.Tensors.scale;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/**
 * Heun's method in σ (Karras et al. 2022, algorithm 2) along any walk, as diffusers' {@code HeunDiscreteScheduler} walks: every
 * step but one to no noise makes two calls. {@link Heun} has the grid of EDM, and spares few steps their second call.
 */
public record HeunWalk(Walk walk) implements Sampler {
    @Override
    public Tensor sample(Denoiser denoiser, Tensor noise, Rng rng) {
        return Steps.run(
                noise, walk.steps(), (x, i) -> step(denoiser, i == 0 ? scale(walk.start(), x) : x, walk.leg(i)));
    }

    private static Tensor step(Denoiser denoiser, Tensor x, Walk.Leg leg) {
        NoiseLevel from = leg.from(), to = leg.to();
        Tensor clean = denoiser.denoise(x, from); // (N, C, H, W)
        // dx/dσ of the image scaled to unit signal is the noise in it.
        Tensor slope = Ddim.noise(x, clean, from); // (N, C, H, W)
        Tensor euler = combine(to.signal(), clean, to.noise(), slope); // (N, C, H, W)
        if (to.noise() == 0) return euler;
        Tensor next = Ddim.noise(euler, denoiser.denoise(euler, to), to); // (N, C, H, W)
        double half = to.signal() * (to.sigma() - from.sigma()) / 2;
        return euler.add(combine(half, next, -half, slope)); // (N, C, H, W)
    }

    @Override
    public int calls() {
        int last = walk.leg(walk.steps() - 1).to().noise() == 0 ? 1 : 0;
        return 2 * walk.steps() - last;
    }
}
