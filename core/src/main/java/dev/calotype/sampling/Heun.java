package dev.calotype.sampling;

import static dev.calotype.tensor.Tensors.combine;
import static dev.calotype.tensor.Tensors.scale;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.tensor.Rng;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The second-order method of Karras et al. (2022), algorithm 2, on images scaled to unit signal, x = x₀ + σε: levels
 * σ_i = (σ_max^{1/ρ} + i/(N − 1)·(σ_min^{1/ρ} − σ_max^{1/ρ}))^ρ, then 0. The last step is Euler's, so that N steps
 * make 2N − 1 calls. The choice for the best images of a deterministic sampler, from 18 steps.
 *
 * <p>With fewer than about 9 steps those that fall below a tenth of their level are Euler's too and save their second
 * call: the slope at such an end, (x − D(x; σ))/σ, is the error of the network divided by next to nothing, and half of
 * the long step would follow it.
 *
 * @param schedule the whole schedule of the model, not a respaced one
 * @param steps N, at least 2
 * @param rho how much finer the levels are near the image, 7 in the paper
 * @param churn S_churn: 0 is deterministic, 80 is very random; it corrects errors of many steps
 */
public record Heun(NoiseSchedule schedule, int steps, double rho, double churn) implements Sampler {
    public Heun {
        if (steps < 2) throw new IllegalArgumentException("steps must be at least 2: " + steps);
        if (!(rho > 0)) throw new IllegalArgumentException("rho must be positive: " + rho);
        if (!(churn >= 0)) throw new IllegalArgumentException("churn must be at least 0: " + churn);
    }

    private static final double STEEPEST = 10;

    /** Deterministic, ρ = 7. */
    public Heun(NoiseSchedule schedule, int steps) {
        this(schedule, steps, 7, 0);
    }

    @Override
    public Tensor sample(Denoiser denoiser, Tensor noise, Rng rng) {
        double[] sigmas = sigmas();
        double gamma = Math.min(churn / steps, Math.sqrt(2) - 1);
        return Steps.run(noise, steps, (x, i) -> {
            Tensor start = i == 0 ? scale(1 / schedule.levelAtSigma(sigmas[0]).signal(), x) : x; // (N, C, H, W)
            double sigma = sigmas[i];
            double raised = i == 0 ? sigma : sigma * (1 + gamma); // the model knows no level above the first
            double fresh = Math.sqrt(raised * raised - sigma * sigma);
            Tensor churned = fresh == 0 ? start : start.add(scale(fresh, rng.normalLike(start))); // (N, C, H, W)
            return step(denoiser, churned, raised, i + 1 == steps ? 0 : sigmas[i + 1]);
        });
    }

    private Tensor step(Denoiser denoiser, Tensor x, double sigma, double next) {
        Tensor slope = slope(denoiser, x, sigma); // (N, C, H, W)
        Tensor euler = x.add(slope, new Scalar(next - sigma)); // (N, C, H, W)
        if (!corrected(sigma, next)) return euler;
        Tensor mean = combine(0.5, slope, 0.5, slope(denoiser, euler, next)); // (N, C, H, W)
        return x.add(mean, new Scalar(next - sigma)); // (N, C, H, W)
    }

    private static boolean corrected(double sigma, double next) {
        return next * STEEPEST >= sigma;
    }

    /** dx/dσ = (x − D(x; σ))/σ. */
    private Tensor slope(Denoiser denoiser, Tensor x, double sigma) {
        NoiseLevel level = schedule.levelAtSigma(sigma);
        Tensor clean = denoiser.denoise(scale(level.signal(), x), level); // (N, C, H, W)
        return combine(1 / sigma, x, -1 / sigma, clean); // (N, C, H, W)
    }

    private double[] sigmas() {
        double high = Math.pow(Grid.largest(schedule), 1 / rho);
        double low = Math.pow(schedule.sigmaMin(), 1 / rho);
        return Grid.spread(steps, u -> Math.pow(high + u * (low - high), rho));
    }

    @Override
    public int calls() {
        double[] sigmas = sigmas();
        return steps
                + (int) IntStream.range(1, steps)
                        .filter(i -> corrected(sigmas[i - 1], sigmas[i]))
                        .count();
    }
}
