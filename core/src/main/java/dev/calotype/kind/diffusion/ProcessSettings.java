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
import dev.calotype.settings.Kebab;

/**
 * The diffusion process and its loss.
 *
 * @param steps T, 1..100,000
 * @param minSnrGamma weight the loss by min-SNR-gamma; 0 for no weighting
 * @param timesteps how t is drawn
 * @param noiseMean of log(noise/signal) where {@code timesteps} is log-normal, -20..20
 * @param noiseDeviation of log(noise/signal) there, above 0, up to 20
 */
public record ProcessSettings(
        int steps,
        Schedule schedule,
        Parameterization parameterization,
        Variance variance,
        Loss loss,
        double minSnrGamma,
        Timesteps timesteps,
        double noiseMean,
        double noiseDeviation) {
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
        LOSS_SECOND_MOMENT,
        /** By a normal distribution of log(noise/signal) (Karras et al. 2022); not for the loss {@code vlb}. */
        LOG_NORMAL
    }

    public ProcessSettings {
        Check.range("steps", steps, 1, 100_000);
        Check.range("minSnrGamma", minSnrGamma, 0, 1000);
        Check.range("noiseMean", noiseMean, -20, 20);
        Check.that(noiseDeviation > 0 && noiseDeviation <= 20, "noiseDeviation must be in (0, 20]", noiseDeviation);
        Check.that(
                timesteps != Timesteps.LOG_NORMAL || loss != Loss.VLB,
                "timesteps must not be log-normal with the loss vlb, which is a bound only over uniform steps",
                Kebab.of(timesteps));
        loss(process(steps, schedule, parameterization, variance), loss, minSnrGamma);
    }

    GaussianDiffusion process() {
        return process(steps, schedule, parameterization, variance);
    }

    public DiffusionLoss diffusionLoss() {
        return loss(process(), loss, minSnrGamma);
    }

    TimestepSampler timestepSampler() {
        return switch (timesteps) {
            case UNIFORM -> TimestepSampler.uniform(steps);
            case LOSS_SECOND_MOMENT -> new LossSecondMoment(steps);
            case LOG_NORMAL -> TimestepSampler.logNormal(process().schedule(), noiseMean, noiseDeviation);
        };
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
