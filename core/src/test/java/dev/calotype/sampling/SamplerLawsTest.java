package dev.calotype.sampling;

import static dev.calotype.diffusion.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.Spacing;
import dev.calotype.diffusion.Variance;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every sampler must do, whatever its method. */
class SamplerLawsTest {
    private static final NoiseSchedule LINEAR = NoiseSchedule.linear(1000);
    private static final NoiseSchedule COSINE = NoiseSchedule.cosine(4000);
    private static final int PIXELS = 10_000;

    static final List<Sampler> SAMPLERS = List.of(
            new Ancestral(LINEAR, Variance.FIXED_SMALL),
            new Ancestral(COSINE.respaced(1000), Variance.FIXED_LARGE),
            new Ddim(LINEAR.respaced(500), 0),
            new Ddim(LINEAR.zeroTerminalSnr().respaced(Spacing.trailing(500)), 0),
            new Ddim(COSINE.respaced(500), 0.5),
            new Ddim(LINEAR, 1),
            new DpmSolver(LINEAR, 40),
            new DpmSolver(COSINE, 40),
            new DpmSolver(LINEAR, 250, Grid.TIME),
            new DpmSolver(LINEAR.zeroTerminalSnr(), 250, Grid.TIME),
            new Heun(LINEAR, 60),
            new Heun(COSINE, 60),
            new Heun(LINEAR, 100, 7, 20),
            new Euler(Walk.of(LINEAR, 400, Grid.LOG_SNR), 0, Clip.NONE),
            new Euler(Walk.of(LINEAR, 800, Grid.TIME), 1, Clip.NONE),
            new Multistep(Walk.of(LINEAR, 60, Grid.LOG_SNR), Multistep.Equation.FLOW),
            new Multistep(Walk.of(LINEAR, 200, Grid.LOG_SNR), Multistep.Equation.DIFFUSION),
            new HeunWalk(Walk.of(LINEAR, 60, Grid.LOG_SNR)),
            new UniPc(Walk.of(LINEAR, 40, Grid.LOG_SNR)),
            new Plms(Walk.of(LINEAR, 100, Grid.TIME)));

    @ParameterizedTest
    @FieldSource("SAMPLERS")
    void aGaussianIsSampledExactly(Sampler sampler) {
        double[] x = draw(sampler, Toy.gaussian(0.3, 0.4));
        assertThat(mean(x)).isCloseTo(0.3, within(0.016)); // 4 standard errors
        assertThat(deviation(x)).isCloseTo(0.4, within(0.012));
    }

    @ParameterizedTest
    @FieldSource("SAMPLERS")
    void aMixtureIsSampledExactly(Sampler sampler) {
        double[] x = draw(sampler, Toy.mixture(0.3, new double[] {-0.6, 0.1}, new double[] {0.5, 0.15}));
        double[] left = Arrays.stream(x).filter(v -> v < -0.15).toArray();
        double[] right = Arrays.stream(x).filter(v -> v >= -0.15).toArray();
        assertThat(left.length / (double) PIXELS).isCloseTo(0.3, within(0.018));
        assertThat(mean(left)).isCloseTo(-0.6, within(0.01));
        assertThat(mean(right)).isCloseTo(0.5, within(0.01));
        assertThat(deviation(left)).isCloseTo(0.1, within(0.006));
        assertThat(deviation(right)).isCloseTo(0.15, within(0.006));
    }

    /** The image that the probability flow leads to, which is what a consistency model is to tell. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void lcmSamplesWhatAConsistencyModelTellsExactly(int steps) {
        double mean = 0.3, deviation = 0.4;
        Denoiser consistency = (noisy, level) -> Scope.tidy(() -> {
            double gain = deviation / Math.hypot(level.signal() * deviation, level.noise());
            return Tensors.scale(gain, noisy).add(new Scalar(mean - gain * level.signal() * mean));
        });
        double[] x = draw(new Lcm(Timetable.USUAL.distilled(LINEAR, steps, 1)), consistency);
        assertThat(mean(x)).isCloseTo(mean, within(0.016)); // 4 standard errors
        assertThat(deviation(x)).isCloseTo(deviation, within(0.012));
    }

    @Test
    void atTheFirstStepOfTheProcessLcmLeavesAnImageAsItIs() {
        Walk.Leg last = new Walk.Leg(LINEAR.level(0), NoiseLevel.CLEAN);
        Denoiser zero = (noisy, level) -> Tensors.scale(0, noisy);
        Scope.run(() -> {
            Tensor x = Rng.of(3).normal(1, 1, 2, 2);
            Tensor left = new Lcm(new Walk(List.of(last), 1)).sample(zero, x, Rng.of(4));
            assertThat(Tensors.doubles(left)).containsExactly(Tensors.doubles(x), within(1e-6));
            Walk.Leg second = new Walk.Leg(LINEAR.level(1), NoiseLevel.CLEAN); // c_skip is 1/401 there
            Tensor most = new Lcm(new Walk(List.of(second), 1)).sample(zero, x, Rng.of(4));
            assertThat(Tensors.doubles(most))
                    .containsExactly(Tensors.doubles(Tensors.scale(1 / 401.0, x)), within(1e-6));
        });
    }

    private static double[] draw(Sampler sampler, Denoiser denoiser) {
        double[][] x = new double[1][];
        Scope.run(() -> {
            Rng rng = Rng.of(11);
            x[0] = Tensors.doubles(sampler.sample(denoiser, rng.normal(4, 1, 50, PIXELS / 200), rng));
        });
        return x[0];
    }

    private static double mean(double[] x) {
        return Arrays.stream(x).average().orElseThrow();
    }

    private static double deviation(double[] x) {
        double mean = mean(x);
        return Math.sqrt(Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / x.length);
    }

    static final List<Sampler> ALL = new ArrayList<>(SAMPLERS);

    static {
        ALL.add(new Lcm(Timetable.USUAL.distilled(LINEAR, 5, 1)));
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void anImageDoesNotDependOnItsBatch(Sampler sampler) {
        Denoiser denoiser = Toy.gaussian(0.3, 0.4);
        Scope.run(() -> {
            Rng all = Rng.images(3, 0, 4);
            float[] batch = Tensors.floats(sampler.sample(denoiser, all.normal(4, 2, 3, 3), all));
            Rng last = Rng.images(3, 3, 1);
            float[] alone = Tensors.floats(sampler.sample(denoiser, last.normal(1, 2, 3, 3), last));
            assertThat(Arrays.copyOfRange(batch, 54, 72)).isEqualTo(alone);
        });
    }

    @ParameterizedTest
    @FieldSource("ALL")
    void itCallsTheDenoiserAsOftenAsItSaysAndHoldsNoMoreMemoryForIt(Sampler sampler) {
        Denoiser denoiser = Toy.gaussian(0.3, 0.4);
        List<Long> live = new ArrayList<>();
        Denoiser counting = (noisy, level) -> {
            live.add(Scope.live());
            return denoiser.denoise(noisy, level);
        };
        Runnable run = () -> Scope.run(() -> sampler.sample(counting, Rng.of(1).normal(2, 1, 2, 2), Rng.of(2)));
        run.run();
        assertThat(live).hasSize(sampler.calls());
        assertThat(live.get(live.size() - 1)).isLessThanOrEqualTo(live.get(0) + 20);
        long before = Scope.live();
        run.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @Test
    void whatIsSampledBelongsToTheCallerAndTheNoiseStaysWhole() {
        Scope.run(() -> {
            Tensor noise = Rng.of(1).normal(2, 1, 2, 2);
            double[] before = Tensors.doubles(noise);
            Tensor image = new Ddim(LINEAR.respaced(5), 0).sample(Toy.gaussian(0, 1), noise, Rng.of(1));
            assertThat(Tensors.shape(image)).containsExactly(2, 1, 2, 2);
            assertThat(Tensors.doubles(noise)).isEqualTo(before);
        });
    }

    @Test
    void aNetworkIsSampledThroughItsProcess() { // x₀ is 0.25 everywhere: any sampler must find it
        AtomicInteger calls = new AtomicInteger();
        GaussianDiffusion process = new GaussianDiffusion(LINEAR, Parameterization.VELOCITY, Variance.FIXED_SMALL);
        Denoiser denoiser = process.denoiser(
                (noisy, times) -> {
                    calls.incrementAndGet();
                    assertThat(times.requires_grad()).isFalse();
                    double t = Tensors.doubles(times)[0];
                    double s = 1 / Math.hypot(1, LINEAR.sigmaAt(t));
                    double n = Math.sqrt(1 - s * s);
                    Tensor clean = Tensors.scale(0.25, noisy.div(noisy)); // v = (s·x − x₀)/n
                    return Tensors.combine(s / n, noisy, -1 / n, clean);
                },
                Clip.PIXELS);
        Scope.run(() -> {
            double[] image = Tensors.doubles(
                    new DpmSolver(LINEAR, 12).sample(denoiser, Rng.of(1).normal(2, 1, 2, 2), Rng.of(1)));
            for (double v : image) assertThat(v).isCloseTo(0.25, within(1e-3));
        });
        assertThat(calls).hasValue(12);
    }

    @Test
    void allDeterministicSamplersAgreeInTheLimit() {
        Denoiser denoiser = Toy.mixture(0.4, new double[] {-0.5, 0.1}, new double[] {0.5, 0.2});
        Scope.run(() -> {
            Tensor noise = Rng.of(5).normal(200, 1, 1, 1);
            double[] heun = Tensors.doubles(new Heun(LINEAR, 200).sample(denoiser, noise, Rng.of(1)));
            double[] dpm = Tensors.doubles(new DpmSolver(LINEAR, 400).sample(denoiser, noise, Rng.of(1)));
            double[] ddim = Tensors.doubles(new Ddim(LINEAR, 0).sample(denoiser, noise, Rng.of(1)));
            assertClose("DPM-Solver", dpm, heun, 1e-3);
            assertClose("DDIM", ddim, heun, 0.03);
        });
    }
}
