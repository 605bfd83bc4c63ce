package dev.calotype.restore;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.restore.DiffusionRestoration.Consistency;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * A denoiser that also knows an observation y = A x₀ + n: E[x₀ | x_t, y] where the error of the prior's x̂₀ is taken to be
 * white, of variance r²,
 *
 * <p>x̂₀ + h, h = Aᵀ (A Aᵀ + σ²/r² I)⁻¹ (y − A x̂₀).
 *
 * <p>r² is measured at each call from the residual, whose part in the range of Aᵀ has the variance σ² tr(A Aᵀ) +
 * r² tr((A Aᵀ)²). With gradients h is replaced by n²/(s r²) Jᵀ h, J the Jacobian of the denoiser, which makes the step right
 * also where the error is not white.
 */
final class ObservedDenoiser implements Denoiser {
    private static final double LEAST = 1e-3; // of r: an eighth of an 8-bit value

    private final Denoiser prior;
    private final Observation observation;
    private final Consistency consistency;
    private final double trace; // of A Aᵀ
    private final double squareTrace; // of (A Aᵀ)²

    /** @param rng draws the probe with which the traces are measured (Hutchinson 1990) */
    ObservedDenoiser(Denoiser prior, Observation observation, Consistency consistency, Rng rng) {
        this.prior = prior;
        this.observation = observation;
        this.consistency = consistency;
        double[] traces = Scope.read(() -> {
            Tensor back = observation.operator().adjoint(rng.normalLike(observation.image()));
            return new double[] {square(back), square(observation.operator().apply(back))};
        });
        trace = traces[0];
        squareTrace = traces[1];
    }

    @Override
    public Tensor denoise(Tensor noisy, NoiseLevel level) {
        return consistency == Consistency.GRADIENT ? steered(noisy, level) : projected(noisy, level);
    }

    private Tensor projected(Tensor noisy, NoiseLevel level) {
        return Scope.tidy(() -> {
            Tensor clean = prior.denoise(noisy, level); // (N, C, H, W)
            return clean.add(correction(clean, variance(clean, level))); // (N, C, H, W)
        });
    }

    private Tensor steered(Tensor noisy, NoiseLevel level) {
        try (Tensor kept = Scope.keep(() -> gradient(noisy, level))) {
            return Scope.tidy(() -> new Tensor(kept));
        }
    }

    /** x̂₀ + n²/(s r²) Jᵀ h. */
    private Tensor gradient(Tensor noisy, NoiseLevel level) {
        Tensor x = noisy.detach().clone().requires_grad_(true); // (N, C, H, W)
        try (AutoGradMode recording = new AutoGradMode(true)) {
            Tensor clean = prior.denoise(x, level); // (N, C, H, W)
            Tensor known = clean.detach(); // (N, C, H, W)
            double variance = variance(known, level);
            clean.mul(correction(known, variance)).sum().backward();
            double gain = level.noise() * level.noise() / (level.signal() * variance);
            Tensor better = known.add(Tensors.scale(gain, x.grad())); // (N, C, H, W)
            return exact() ? better.add(correction(better, variance)) : better; // (N, C, H, W)
        }
    }

    /** r², between {@link #LEAST}² and that of the noisy image itself. */
    private double variance(Tensor clean, NoiseLevel level) {
        double largest = Math.max(level.sigma() * level.sigma(), LEAST * LEAST);
        double sigma = observation.isCertain() ? 0 : observation.sigma();
        double measured = Scope.read(() -> {
            Tensor residual = observation.image().sub(observation.operator().apply(clean));
            return square(observation.operator().adjoint(residual)) / clean.size(0);
        });
        return Math.min(largest, Math.max(LEAST * LEAST, (measured - sigma * sigma * trace) / squareTrace));
    }

    /** h; where it is known for certain which A x₀ are possible, the way to the nearest of those. */
    private Tensor correction(Tensor clean, double variance) {
        double sigma = observation.sigma();
        return observation.correction(clean, sigma * sigma / variance); // (N, C, H, W)
    }

    /** Whether what was seen holds for x₀ without error, and so for its expectation. */
    private boolean exact() {
        return observation.isCertain() || observation.sigma() == 0;
    }

    private static double square(Tensor x) {
        return x.square().sum().item_double();
    }
}
