package dev.calotype.sampling;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.Gaussian;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Variance;
import dev.calotype.tensor.Rng;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * Walks the reverse chain, x_{t-1} ~ p(x_{t-1} | x_t) (Ho et al. 2020, algorithm 2), at every step of {@code schedule}:
 * give it {@link NoiseSchedule#respaced} for fewer. With a learned variance 100 steps are nearly as good as all
 * (Nichol &amp; Dhariwal 2021); with a fixed one take {@code FIXED_SMALL} unless all steps are walked.
 */
public record Ancestral(NoiseSchedule schedule, Variance variance) implements Sampler {
    @Override
    public Tensor sample(Denoiser denoiser, Tensor noise, Rng rng) {
        int last = schedule.steps() - 1;
        return Steps.run(noise, last + 1, (x, i) -> step(denoiser, x, last - i, i == last ? null : rng.normalLike(x)));
    }

    /** x_{t-1} with standard normal {@code eps}, null for none. */
    Tensor step(Denoiser denoiser, Tensor noisy, int step, Tensor eps) {
        int[] t = new int[(int) noisy.size(0)];
        Arrays.fill(t, step);
        Gaussian reverse =
                Gaussian.reverse(schedule, variance, denoiser.predict(noisy, schedule.level(step)), noisy, t);
        return eps == null ? reverse.mean() : reverse.at(eps);
    }

    @Override
    public int calls() {
        return schedule.steps();
    }
}
