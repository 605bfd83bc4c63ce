package dev.calotype.sampling;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.Gaussian;
import dev.calotype.diffusion.NoiseLevel;
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
public record Ancestral(NoiseSchedule schedule, Variance variance) implements StepwiseSampler {
    @Override
    public NoiseLevel first() {
        return schedule.level(schedule.steps() - 1);
    }

    @Override
    public Tensor proceed(Denoiser denoiser, Tensor noisy, Rng rng, Known known) {
        int last = schedule.steps() - 1;
        return Steps.run(noisy, last + 1, (x, i) -> {
            Tensor stepped = step(denoiser, x, last - i, i == last ? null : rng.normalLike(x)); // (N, C, H, W)
            return known.kept(stepped, i == last ? NoiseLevel.CLEAN : schedule.level(last - i - 1));
        });
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
