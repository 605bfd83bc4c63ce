package dev.calotype.sampling;

import static dev.calotype.diffusion.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.diffusion.Case;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Variance;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AncestralTest {
    @ParameterizedTest
    @ValueSource(strings = {"iddpm_cosine_4000_respaced_50", "iddpm_cosine_4000_ddim25", "linear_1000_predict_x0"})
    void chainIsThatOfImprovedDiffusion(String name) {
        Case golden = Case.of(name);
        GaussianDiffusion process = golden.process();
        Ancestral sampler = new Ancestral(process.schedule(), process.variance());
        Denoiser denoiser = process.denoiser(golden.network(), Clip.PIXELS);
        int last = sampler.calls() - 1;
        Scope.run(() -> {
            Tensor x = Steps.run(golden.tensor("x_T"), last + 1, (noisy, i) -> {
                Tensor eps = i == last ? null : golden.slice("ancestral_noise", i);
                return sampler.step(denoiser, noisy, last - i, eps);
            });
            assertClose("x₀", x, golden.values("ancestral"), 1e-5);
        });
    }

    @Test
    void theExactVarianceMakesFewStepsExactAndAFixedOneDoesNot() {
        NoiseSchedule few = NoiseSchedule.linear(1000).respaced(10);
        Denoiser denoiser = Toy.gaussianWithVariance(few, 0.1, 0.4);
        assertThat(deviation(new Ancestral(few, Variance.LEARNED_RANGE), denoiser))
                .isCloseTo(0.4, within(0.008));
        assertThat(deviation(new Ancestral(few, Variance.FIXED_SMALL), denoiser))
                .isLessThan(0.37);
        assertThat(deviation(new Ancestral(few, Variance.FIXED_LARGE), denoiser))
                .isGreaterThan(0.402);
    }

    private static double deviation(Sampler sampler, Denoiser denoiser) {
        return Scope.read(() -> {
            Rng rng = Rng.of(4);
            double[] x = Tensors.doubles(sampler.sample(denoiser, rng.normal(4, 1, 100, 100), rng));
            double mean = Arrays.stream(x).average().orElseThrow();
            return Math.sqrt(Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / x.length);
        });
    }

    @Test
    void refusesALearnedVarianceThatTheModelDoesNotHave() {
        Sampler sampler = new Ancestral(NoiseSchedule.linear(30), Variance.LEARNED_RANGE);
        assertThatThrownBy(() -> Scope.run(
                        () -> sampler.sample(Toy.gaussian(0, 1), Rng.of(1).normal(1, 1, 1, 1), Rng.of(1))))
                .hasMessageContaining("predicts no variance");
    }

    @Test
    void printsHowToMakeIt() {
        assertThat(new Ancestral(NoiseSchedule.cosine(4000).respaced(50), Variance.LEARNED_RANGE))
                .hasToString("Ancestral[schedule=cosine(4000).respaced(50), variance=LEARNED_RANGE]");
    }
}
