package dev.calotype.sampling;

import static dev.calotype.tensor.Tensors.combine;
import static dev.calotype.tensor.Tensors.scale;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/**
 * DPM-Solver++(2M) and its stochastic form (Lu et al. 2022) along any walk, second order at one call per step, as diffusers'
 * {@code DPMSolverMultistepScheduler} walks: the first step is of first order, and so is the last where it leads to no noise or
 * there are fewer than 15. {@link DpmSolver} differs in the step before the last.
 */
public record Multistep(Walk walk, Equation equation) implements WalkSampler {
    /** What is solved. */
    public enum Equation {
        /** The probability-flow equation: deterministic. */
        FLOW,
        /** The reverse diffusion, which adds noise in each step but the last. */
        DIFFUSION
    }

    private static final int FEW_STEPS = 15;

    @Override
    public Tensor proceed(Denoiser denoiser, Tensor noisy, Rng rng, Known known) {
        return Steps.run(new Tensor[] {noisy, null}, walk.steps(), (state, i) -> {
            Tensor x = state[0];
            Tensor clean = denoiser.denoise(x, walk.leg(i).from()); // (N, C, H, W)
            Tensor stepped = step(x, extrapolated(clean, state[1], i), walk.leg(i), rng); // (N, C, H, W)
            return new Tensor[] {known.kept(stepped, walk.next(i)), clean};
        });
    }

    /** The image half a step ahead, from this one and the one before. */
    private Tensor extrapolated(Tensor clean, Tensor previous, int i) {
        boolean last = i == walk.steps() - 1;
        if (i == 0
                || last
                        && (walk.skipped() + walk.steps() < FEW_STEPS
                                || walk.leg(i).to().noise() == 0)) return clean;
        double r = walk.leg(i - 1).h() / walk.leg(i).h();
        return combine(1 + 1 / (2 * r), clean, -1 / (2 * r), previous); // (N, C, H, W)
    }

    private Tensor step(Tensor x, Tensor clean, Walk.Leg leg, Rng rng) {
        if (equation == Equation.FLOW) return leg.solved(x, clean);
        NoiseLevel to = leg.to();
        double ratio = to.noise() / leg.from().noise();
        double lost = -Math.expm1(-2 * leg.h()); // 1 - e^-2h
        Tensor mean = combine(ratio * Math.exp(-leg.h()), x, to.signal() * lost, clean); // (N, C, H, W)
        return to.noise() == 0 ? mean : mean.add(scale(to.noise() * Math.sqrt(lost), rng.normalLike(mean)));
    }
}
