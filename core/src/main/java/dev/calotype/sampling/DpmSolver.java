package dev.calotype.sampling;

import static dev.calotype.tensor.Tensors.combine;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/**
 * DPM-Solver++(2M) (Lu et al. 2022): second order at one call per step, deterministic; the choice for 10 to 25 steps.
 * It solves the linear part of the probability-flow equation exactly in λ = log(signal/noise) and extrapolates the
 * predicted image from the last two.
 *
 * <p>{@code steps} levels are visited; the last step, from the least noisy of them to none, returns the predicted image.
 * With fewer than 15 steps the step before it is of first order, for stability, as in the authors' code.
 *
 * @param schedule the whole schedule of the model, not a respaced one
 * @param steps at least 2
 * @param grid how the levels are spread
 */
public record DpmSolver(NoiseSchedule schedule, int steps, Grid grid) implements Sampler {
    private static final int FEW_STEPS = 15;

    public DpmSolver {
        if (steps < 2) throw new IllegalArgumentException("steps must be at least 2: " + steps);
    }

    /** Levels even in log-SNR. */
    public DpmSolver(NoiseSchedule schedule, int steps) {
        this(schedule, steps, Grid.LOG_SNR);
    }

    @Override
    public Tensor sample(Denoiser denoiser, Tensor noise, Rng rng) {
        double[] sigmas = grid.sigmas(schedule, steps);
        return Steps.run(new Tensor[] {noise, null}, steps, (state, i) -> {
            Tensor clean = denoiser.denoise(state[0], schedule.levelAtSigma(sigmas[i])); // (N, C, H, W)
            if (i == steps - 1) return new Tensor[] {clean, null};
            return new Tensor[] {step(state[0], extrapolated(clean, state[1], sigmas, i), sigmas, i), clean};
        });
    }

    /** The image half a step ahead, from this one and the one before. */
    private Tensor extrapolated(Tensor clean, Tensor previous, double[] sigmas, int i) {
        if (previous == null || (i == steps - 2 && steps < FEW_STEPS)) return clean;
        double r = Math.log(sigmas[i - 1] / sigmas[i]) / Math.log(sigmas[i] / sigmas[i + 1]); // h_{i-1} / h_i
        return combine(1 + 1 / (2 * r), clean, -1 / (2 * r), previous); // (N, C, H, W)
    }

    /** x' = (noise'/noise)·x − signal'·(e^{−h} − 1)·x̂₀, h = λ' − λ (eq. 9). */
    private Tensor step(Tensor x, Tensor clean, double[] sigmas, int i) {
        NoiseLevel from = schedule.levelAtSigma(sigmas[i]);
        NoiseLevel to = schedule.levelAtSigma(sigmas[i + 1]);
        double h = Math.log(sigmas[i] / sigmas[i + 1]);
        return combine(to.noise() / from.noise(), x, -to.signal() * Math.expm1(-h), clean); // (N, C, H, W)
    }

    @Override
    public int calls() {
        return steps;
    }
}
