package dev.calotype.sampling;

import static dev.calotype.tensor.Tensors.combine;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/**
 * Multistep sampling of a latent consistency model (Luo et al. 2023; Song et al. 2023, algorithm 1), as diffusers'
 * {@code LCMScheduler} has it: every call leads to an image without noise, which is noised anew to the level of the next. Few steps are
 * all that such a model needs, and for models that were not distilled it is not made.
 *
 * @param walk the levels; {@link Timetable#distilled} has those that such a model was trained for
 */
public record Lcm(Walk walk) implements WalkSampler {
    private static final double DATA_DEVIATION = 0.5;
    private static final double TIME_SCALE = 10;

    @Override
    public Tensor proceed(Denoiser denoiser, Tensor noisy, Rng rng, Known known) {
        return Steps.run(noisy, walk.steps(), (x, i) -> known.kept(step(denoiser, x, i, rng), walk.next(i)));
    }

    private Tensor step(Denoiser denoiser, Tensor x, int i, Rng rng) {
        NoiseLevel from = walk.leg(i).from(), to = walk.leg(i).to();
        double time = TIME_SCALE * from.time();
        double kept = Math.pow(DATA_DEVIATION / Math.hypot(time, DATA_DEVIATION), 2); // c_skip
        double taken = time / Math.hypot(time, DATA_DEVIATION); // c_out
        Tensor clean = combine(taken, denoiser.denoise(x, from), kept, x); // (N, C, H, W)
        return to.noise() == 0 ? clean : combine(to.signal(), clean, to.noise(), rng.normalLike(clean));
    }
}
