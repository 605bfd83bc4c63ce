package dev.calotype.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoisePredictor;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.Variance;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is left of a sampler when it has next to no steps: it must start from noise, and end at an image. */
class FewStepsTest {
    private static final double COLOUR = 0.25;

    static List<GaussianDiffusion> processes() {
        List<NoiseSchedule> schedules = List.of(
                NoiseSchedule.linear(1000),
                NoiseSchedule.cosine(1000),
                NoiseSchedule.linear(1000).zeroTerminalSnr(),
                NoiseSchedule.cosine(1000).zeroTerminalSnr());
        List<GaussianDiffusion> processes = new ArrayList<>();
        for (NoiseSchedule schedule : schedules)
            for (Parameterization parameterization : Parameterization.values())
                if (Double.isFinite(schedule.sigmaMax()) || parameterization != Parameterization.EPSILON)
                    processes.add(new GaussianDiffusion(schedule, parameterization, Variance.FIXED_SMALL));
        return processes;
    }

    @ParameterizedTest
    @MethodSource("processes")
    void oneColourIsDrawnInAnyNumberOfStepsThatIsNotRefused(GaussianDiffusion process) {
        Denoiser denoiser = process.denoiser(oneColour(process), Clip.PIXELS);
        for (SamplingSettings.Method method : methods())
            for (int steps = 1; steps <= 4; steps++) {
                SamplingSettings settings = new SamplingSettings(method, steps, 0, 1);
                if (steps == 1 && needsTwo(method))
                    assertThatThrownBy(() -> settings.sampler(process)).hasMessage("steps must be at least 2: 1");
                else
                    for (double pixel : draw(settings.sampler(process), denoiser))
                        assertThat(pixel).as("%s of %s", settings, process).isCloseTo(COLOUR, within(0.01));
            }
    }

    /** All but PLMS, which extrapolates by the steps of diffusers alone, and not well where there are few. */
    private static Set<SamplingSettings.Method> methods() {
        return EnumSet.complementOf(EnumSet.of(SamplingSettings.Method.PLMS));
    }

    private static boolean needsTwo(SamplingSettings.Method method) {
        return !Set.of(SamplingSettings.Method.DDIM, SamplingSettings.Method.ANCESTRAL, SamplingSettings.Method.LCM)
                .contains(method);
    }

    /** What a network says that knows a single image of one colour. */
    private static NoisePredictor oneColour(GaussianDiffusion process) {
        return (noisy, times) -> {
            int t = (int) Math.round(Tensors.doubles(times)[0]); // of 1000 steps, each is its time
            double s = process.schedule().level(t).signal();
            double n = process.schedule().level(t).noise();
            Tensor clean = Tensors.fill(noisy.numel(), COLOUR).reshape(Tensors.shape(noisy));
            return switch (process.parameterization()) {
                case CLEAN -> clean;
                case EPSILON -> Tensors.combine(1 / n, noisy, -s / n, clean);
                case VELOCITY -> s == 0 ? Tensors.scale(-1, clean) : Tensors.combine(s / n, noisy, -1 / n, clean);
                case FLOW -> Tensors.combine(1 / n, noisy, -(s + n) / n, clean);
                case EDM -> Tensors.combine(-s / 2 / n, noisy, 2 * Math.hypot(n, s / 2) / n, clean);
            };
        };
    }

    @ParameterizedTest
    @MethodSource("processes")
    void neitherTheNoiseNorAnErrorOfTheNetworkIsMagnified(GaussianDiffusion process) {
        Denoiser exact = Toy.gaussian(0, 0.2);
        Denoiser denoiser = (noisy, level) -> Scope.tidy(() -> exact.denoise(noisy, level)
                .add(Tensors.scale(0.03, Tensors.scale(7, noisy).sin())));
        for (SamplingSettings.Method method : methods())
            for (int steps = needsTwo(method) ? 2 : 1; steps <= 12; steps++)
                for (double pixel : draw(new SamplingSettings(method, steps, 0, 1).sampler(process), denoiser))
                    assertThat(pixel)
                            .as("%s in %d of %s", method, steps, process)
                            .isBetween(-1.5, 1.5);
    }

    @Test
    void oneStepIsTheEstimateAtTheHighestLevel() {
        for (GaussianDiffusion process : processes()) {
            List<Double> times = new ArrayList<>();
            Denoiser denoiser = (noisy, level) -> {
                times.add(level.time());
                return Tensors.scale(0, noisy);
            };
            for (SamplingSettings.Method method : List.of(
                    SamplingSettings.Method.DDIM, SamplingSettings.Method.ANCESTRAL, SamplingSettings.Method.LCM))
                draw(new SamplingSettings(method, 1, 0, 1).sampler(process), denoiser);
            assertThat(times).containsExactly(999.0, 999.0, 999.0);
        }
    }

    private static double[] draw(Sampler sampler, Denoiser denoiser) {
        return Scope.read(
                () -> Tensors.doubles(sampler.sample(denoiser, Rng.of(3).normal(4, 1, 4, 4), Rng.of(4))));
    }
}
