package dev.calotype.sampling;

import static dev.calotype.tensor.Tensors.combine;
import static dev.calotype.tensor.Tensors.scale;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.tensor.Rng;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The linear multi-step method of Liu et al. (2022), known as PLMS and, in diffusers, as {@code PNDMScheduler} without its Runge-Kutta
 * steps: a step of DDIM in the direction of the last four predictions of the noise (Adams-Bashforth), of fewer to begin with. The first
 * step is taken twice, the second time in the mean of both directions, so that there is one call more than there are steps.
 */
public record Plms(Walk walk) implements WalkSampler {
    /** Of the prediction and those before it, the latest first. */
    private static final double[][] WEIGHTS = {
        {1}, {3 / 2.0, -1 / 2.0}, {23 / 12.0, -16 / 12.0, 5 / 12.0}, {55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0}
    };

    /**
     * The way that {@code PNDMScheduler} goes on where its first steps are left out: it begins one step earlier, and leaves out the one
     * that it should begin with, since the step that it takes twice is the second of all and not that of the start.
     */
    public static Walk after(Walk walk, int skipped) {
        if (skipped < 2) return walk.after(skipped);
        List<Walk.Leg> legs = new ArrayList<>(walk.legs().subList(skipped - 1, walk.steps()));
        legs.remove(1);
        return new Walk(legs, 1, skipped);
    }

    @Override
    public Tensor proceed(Denoiser denoiser, Tensor noisy, Rng rng, Known known) {
        // the image, and the last three predictions of the noise, the latest first
        return Steps.run(new Tensor[] {noisy, null, null, null}, walk.steps(), (state, i) -> {
            Tensor x = state[0];
            Tensor eps = eps(denoiser, x, walk.leg(i)); // (N, C, H, W)
            if (i == 0) return first(denoiser, x, eps, known);
            int count = state[1] == null ? 1 : state[2] == null ? 2 : state[3] == null ? 3 : 4;
            double[] weights = WEIGHTS[count - 1];
            Tensor direction = scale(weights[0], eps);
            for (int k = 1; k < count; k++) direction = combine(1, direction, weights[k], state[k]);
            Tensor next = known.kept(moved(x, direction, walk.leg(i)), walk.next(i)); // (N, C, H, W)
            return new Tensor[] {next, eps, state[1], state[2]};
        });
    }

    private Tensor[] first(Denoiser denoiser, Tensor x, Tensor eps, Known known) {
        Walk.Leg leg = walk.leg(0), next = new Walk.Leg(leg.to(), leg.to());
        Tensor moved = moved(x, eps, leg); // (N, C, H, W)
        if (once()) return new Tensor[] {known.kept(moved, walk.next(0)), eps, null, null};
        Tensor tried = known.kept(moved, leg.to()); // (N, C, H, W)
        Tensor mean = combine(0.5, eps, 0.5, eps(denoiser, tried, next)); // (N, C, H, W)
        return new Tensor[] {known.kept(moved(x, mean, leg), walk.next(0)), eps, null, null};
    }

    private boolean once() {
        return walk.steps() == 1 && walk.skipped() == 0;
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
        return walk.steps() + (once() ? 0 : 1);
    }
}
