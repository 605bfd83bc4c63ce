package dev.calotype.sampling;

import static dev.calotype.tensor.Tensors.combine;
import static dev.calotype.tensor.Tensors.scale;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/**
 * The linear multi-step method of Liu et al. (2022), known as PLMS and, in diffusers, as {@code PNDMScheduler} without its Runge-Kutta
 * steps: a step of DDIM in the direction of the last four predictions of the noise (Adams-Bashforth), of fewer to begin with. The first
 * step is taken twice, the second time in the mean of both directions, so that there is one call more than there are steps.
 */
public record Plms(Walk walk) implements Sampler {
    /** Of the prediction and those before it, the latest first. */
    private static final double[][] WEIGHTS = {
        {1}, {3 / 2.0, -1 / 2.0}, {23 / 12.0, -16 / 12.0, 5 / 12.0}, {55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0}
    };

    @Override
    public Tensor sample(Denoiser denoiser, Tensor noise, Rng rng) {
        // the image, and the last three predictions of the noise, the latest first
        return Steps.run(new Tensor[] {noise, null, null, null}, walk.steps(), (state, i) -> {
            Tensor x = i == 0 ? scale(walk.start(), state[0]) : state[0];
            Tensor eps = eps(denoiser, x, walk.leg(i)); // (N, C, H, W)
            if (i == 0) return first(denoiser, x, eps);
            int known = state[1] == null ? 1 : state[2] == null ? 2 : state[3] == null ? 3 : 4;
            double[] weights = WEIGHTS[known - 1];
            Tensor direction = scale(weights[0], eps);
            for (int k = 1; k < known; k++) direction = combine(1, direction, weights[k], state[k]);
            return new Tensor[] {moved(x, direction, walk.leg(i)), eps, state[1], state[2]};
        });
    }

    private Tensor[] first(Denoiser denoiser, Tensor x, Tensor eps) {
        Tensor tried = moved(x, eps, walk.leg(0)); // (N, C, H, W)
        Walk.Leg next = new Walk.Leg(walk.leg(0).to(), walk.leg(0).to());
        Tensor mean = walk.steps() == 1 ? eps : combine(0.5, eps, 0.5, eps(denoiser, tried, next)); // (N, C, H, W)
        return new Tensor[] {moved(x, mean, walk.leg(0)), eps, null, null};
    }

    private static Tensor eps(Denoiser denoiser, Tensor x, Walk.Leg leg) {
        return Ddim.noise(x, denoiser.denoise(x, leg.from()), leg.from()); // (N, C, H, W)
    }

    /** A step of DDIM along a direction. */
    private static Tensor moved(Tensor x, Tensor eps, Walk.Leg leg) {
        double ratio = leg.to().signal() / leg.from().signal();
        return combine(ratio, x, leg.to().noise() - ratio * leg.from().noise(), eps);
    }

    @Override
    public int calls() {
        return walk.steps() == 1 ? 1 : walk.steps() + 1;
    }
}
