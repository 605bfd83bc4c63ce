package dev.calotype.kind.diffusion;

import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.Loss;
import dev.calotype.diffusion.LossSecondMoment;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.TimestepSampler;
import dev.calotype.diffusion.Variance;
import dev.calotype.diffusion.Weighting;
import dev.calotype.settings.Check;

/**
 * The diffusion process and its loss.
 *
 * @param steps T, 1..100,000
 * @param minSnrGamma weight the loss by min-SNR-gamma; 0 for no weighting
 * @param timesteps how t is drawn
 */
public record ProcessSettings(
        int steps,
        Schedule schedule,
        Parameterization parameterization,
        Variance variance,
        Loss loss,
        double minSnrGamma,
        Timesteps timesteps) {
    /** The noise schedules. */
    public enum Schedule {
        /** Ho et al. 2020, scaled by 1000/T. */
        LINEAR,
        /** Nichol and Dhariwal 2021. */
        COSINE,
        /** Linear, rescaled so that the last step is pure noise (Lin et al. 2023); not with epsilon. */
        LINEAR_ZERO_SNR,
        /** Cosine, rescaled likewise. */
        COSINE_ZERO_SNR
    }

    /** How training steps choose t. */
    public enum Timesteps {
        UNIFORM,
        /** By the second moment of the loss (Nichol and Dhariwal 2021); for the loss {@code vlb}. */
        LOSS_SECOND_MOMENT
    }

    public ProcessSettings {
        Check.range("steps", steps, 1, 100_000);
        Check.range("minSnrGamma", minSnrGamma, 0, 1000);
        loss(process(steps, schedule, parameterization, variance), loss, minSnrGamma);
    }

    GaussianDiffusion process() {
        return process(steps, schedule, parameterization, variance);
    }

    public DiffusionLoss diffusionLoss() {
        return loss(process(), loss, minSnrGamma);
    }

    TimestepSampler timestepSampler() {
        return timesteps == Timesteps.UNIFORM ? TimestepSampler.uniform(steps) : new LossSecondMoment(steps);
    }

    private static GaussianDiffusion process(int steps, Schedule kind, Parameterization parameterization, Variance v) {
        NoiseSchedule schedule = kind == Schedule.LINEAR || kind == Schedule.LINEAR_ZERO_SNR
                ? NoiseSchedule.linear(steps)
                : NoiseSchedule.cosine(steps);
        boolean zeroSnr = kind == Schedule.LINEAR_ZERO_SNR || kind == Schedule.COSINE_ZERO_SNR;
        return new GaussianDiffusion(zeroSnr ? schedule.zeroTerminalSnr() : schedule, parameterization, v);
    }

    private static DiffusionLoss loss(GaussianDiffusion process, Loss loss, double gamma) {
        return new DiffusionLoss(process, loss, gamma > 0 ? Weighting.minSnr(gamma) : Weighting.uniform());
    }
}
