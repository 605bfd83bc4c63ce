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
import java.util.List;

/**
 * The diffusion process and its loss.
 *
 * @param steps T, 1..100,000
 * @param minSnrGamma weight the loss by min-SNR-gamma; 0 for no weighting
 * @param timesteps how t is drawn
 * @param betas of the schedules other than cosine
 * @param told what the network is told of a step
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
        Betas betas,
        Told told,
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
        COSINE_ZERO_SNR,
        /** Even in the roots of the variances, as Stable Diffusion has it (Rombach et al. 2022), scaled as the linear one. */
        SCALED_LINEAR,
        SCALED_LINEAR_ZERO_SNR,
        /** Along a sigmoid, scaled as the linear one. */
        SIGMOID,
        SIGMOID_ZERO_SNR,
        /** Each variance by itself. */
        TABLE,
        TABLE_ZERO_SNR
    }

    /**
     * The variances that steps add.
     *
     * @param from the first of a chain of 1000 steps, in (0, 1)
     * @param to the last of such a chain
     * @param table every one, for the schedule {@code table}, else empty
     */
    public record Betas(double from, double to, List<Double> table) {
        /** Those of Ho et al. 2020. */
        public static final Betas USUAL = new Betas(1e-4, 2e-2, List.of());

        public Betas {
            Check.that(from > 0 && from < 1, "betas.from must be in (0, 1)", from);
            Check.that(to > 0 && to < 1, "betas.to must be in (0, 1)", to);
            table = List.copyOf(table);
        }
    }

    /** What a network is told of a step. */
    public enum Told {
        /** 1000 t / T, as Improved DDPM. */
        THOUSANDTHS,
        /** t itself, as diffusers. */
        STEPS
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
        boolean table = schedule == Schedule.TABLE || schedule == Schedule.TABLE_ZERO_SNR;
        Check.that(
                betas.table().size() == (table ? steps : 0),
                "betas.table must have a value for each of the " + steps
                        + " steps with the schedule table, and none else",
                betas.table().size());
        NoiseSchedule made = told(schedule(steps, schedule, betas), told);
        loss(new GaussianDiffusion(made, parameterization, variance), loss, minSnrGamma);
    }

    /** The process itself. */
    public GaussianDiffusion process() {
        return new GaussianDiffusion(told(schedule(steps, schedule, betas), told), parameterization, variance);
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

    private static NoiseSchedule schedule(int steps, Schedule kind, Betas betas) {
        double scale = 1000.0 / steps;
        return switch (kind) {
            case LINEAR -> linear(steps, betas);
            case LINEAR_ZERO_SNR -> linear(steps, betas).zeroTerminalSnr();
            case COSINE -> NoiseSchedule.cosine(steps);
            case COSINE_ZERO_SNR -> NoiseSchedule.cosine(steps).zeroTerminalSnr();
            case SCALED_LINEAR -> NoiseSchedule.scaledLinear(steps, scale * betas.from, scale * betas.to);
            case SCALED_LINEAR_ZERO_SNR ->
                NoiseSchedule.scaledLinear(steps, scale * betas.from, scale * betas.to)
                        .zeroTerminalSnr();
            case SIGMOID -> NoiseSchedule.sigmoid(steps, scale * betas.from, scale * betas.to);
            case SIGMOID_ZERO_SNR ->
                NoiseSchedule.sigmoid(steps, scale * betas.from, scale * betas.to)
                        .zeroTerminalSnr();
            case TABLE -> NoiseSchedule.ofBetas(table(betas));
            case TABLE_ZERO_SNR -> NoiseSchedule.ofBetas(table(betas)).zeroTerminalSnr();
        };
    }

    private static NoiseSchedule linear(int steps, Betas betas) {
        double scale = 1000.0 / steps;
        return betas.equals(Betas.USUAL)
                ? NoiseSchedule.linear(steps)
                : NoiseSchedule.linear(steps, scale * betas.from, scale * betas.to);
    }

    private static double[] table(Betas betas) {
        return betas.table.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static NoiseSchedule told(NoiseSchedule schedule, Told told) {
        return told == Told.STEPS ? schedule.countedInSteps() : schedule;
    }

    private static DiffusionLoss loss(GaussianDiffusion process, Loss loss, double gamma) {
        return new DiffusionLoss(process, loss, gamma > 0 ? Weighting.minSnr(gamma) : Weighting.uniform());
    }
}
