package dev.calotype.diffusion;

import static dev.calotype.diffusion.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;

class GaussianDiffusionTest {
    static final String[] CASES = Case.ALL;

    /** What EDM's network sees and is to predict has unit variance at every level, for images of deviation 0.5. */
    @Test
    void edmKeepsUnitVarianceAtEveryLevel() {
        GaussianDiffusion process =
                new GaussianDiffusion(NoiseSchedule.cosine(1000), Parameterization.EDM, Variance.FIXED_SMALL);
        Scope.run(() -> {
            Tensor clean = Tensors.scale(0.5, Rng.of(1).normal(4, 3, 32, 32));
            Tensor eps = Rng.of(2).normal(4, 3, 32, 32);
            int[] t = {0, 300, 700, 999};
            double[] target = variances(process.target(clean, eps, t));
            double[][] seen = new double[1][];
            NoisePredictor network = (x, times) -> {
                seen[0] = variances(x);
                return x;
            };
            process.predict(network, process.diffuse(clean, eps, t), t, Clip.NONE);
            for (int i = 0; i < 4; i++) {
                assertThat(target[i]).isCloseTo(1, within(0.06));
                assertThat(seen[0][i]).isCloseTo(1, within(0.06));
            }
        });
    }

    private static double[] variances(Tensor x) {
        return Tensors.doubles(Tensors.meanPerSample(x.square()));
    }

    /** Equal errors of what EDM predicts count 1/c_out² (Karras et al. 2022, λ(σ)) in the image. */
    @Test
    void edmWeighsTheErrorOfTheImageAsItsPaperDoes() {
        for (double sigma : new double[] {0.02, 0.5, 3, 40}) {
            NoiseLevel level = NoiseSchedule.cosine(1000).levelAtSigma(sigma);
            double lambda = (sigma * sigma + 0.25) / (sigma * 0.5 * sigma * 0.5);
            double out = Parameterization.EDM.cleanFromOutput(level);
            assertThat(1 / (out * out)).isCloseTo(lambda, within(1e-6 * lambda));
        }
    }

    /** The way from noise to image is straight: x_t/(s + n) = (1 − τ) x₀ + τ ε with τ = n/(s + n), and ε − x₀ its slope. */
    @Test
    void flowIsTheSlopeOfAStraightWay() {
        GaussianDiffusion process =
                new GaussianDiffusion(NoiseSchedule.cosine(1000), Parameterization.FLOW, Variance.FIXED_SMALL);
        Scope.run(() -> {
            Tensor clean = Rng.of(1).uniform(2, 1, 4, 4), eps = Rng.of(2).normal(2, 1, 4, 4);
            double[] slope = Tensors.doubles(process.target(clean, eps, new int[] {200, 600}));
            double[] from = Tensors.doubles(clean), to = Tensors.doubles(eps);
            for (int i = 0; i < slope.length; i++) assertThat(slope[i]).isCloseTo(to[i] - from[i], within(1e-6));
        });
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void forwardAndPosteriorAreThoseOfImprovedDiffusion(String name) {
        Case golden = Case.of(name);
        GaussianDiffusion process = golden.process();
        Scope.run(() -> {
            Tensor noisy = process.diffuse(golden.tensor("x0"), golden.tensor("noise"), golden.t());
            assertClose("x_t", noisy, golden.values("x_t"), 1e-6);
            Gaussian posterior = process.posterior(golden.tensor("x0"), golden.tensor("x_t"), golden.t());
            assertClose("mean", posterior.mean(), golden.values("posterior_mean"), 1e-6);
            Tensor spread = posterior.logVariance().expand_as(noisy);
            assertClose("log", spread, golden.values("posterior_log_variance_clipped"), 1e-6);
        });
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void reverseStepIsThatOfImprovedDiffusion(String name) {
        Case golden = Case.of(name);
        GaussianDiffusion process = golden.process();
        Scope.run(() -> {
            Tensor noisy = golden.tensor("x_t");
            Prediction prediction = process.predict(golden.network(), noisy, golden.t(), Clip.PIXELS);
            Gaussian reverse = process.reverse(prediction, noisy, golden.t());
            assertClose("x̂₀", prediction.clean(), golden.values("pred_xstart"), 1e-5);
            assertClose("mean", reverse.mean(), golden.values("mean"), 1e-5);
            Tensor logVariance = reverse.logVariance().expand_as(noisy);
            assertClose("log", logVariance, golden.values("log_variance"), 1e-5);
            double[] variance = golden.values("variance");
            double[] actual = Tensors.doubles(logVariance.exp());
            for (int i = 0; i < variance.length; i++) // FIXED_SMALL has a variance of 0 at t = 0, but never uses it
            if (variance[i] > 0) assertThat(actual[i] / variance[i]).isBetween(1 - 1e-5, 1 + 1e-5);
            Prediction raw = process.predict(golden.network(), noisy, golden.t(), Clip.NONE);
            Tensor unclipped = process.reverse(raw, noisy, golden.t()).mean();
            double[] expected = golden.values("mean_unclipped");
            double[] found = Tensors.doubles(unclipped);
            for (int i = 0; i < expected.length; i++) { // one bit of the network's output is worth 1e-7 of its weight
                int t = golden.t()[i * 5 / expected.length];
                double weight = process.schedule().posteriorMeanClean(t)
                        * process.schedule().level(t).sigma();
                double tolerance = 1e-5 * Math.max(1, Math.abs(expected[i])) + 1e-7 * weight;
                assertThat(found[i]).as("unclipped[" + i + "]").isCloseTo(expected[i], within(tolerance));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aNetworkThatHitsItsTargetRecoversTheImage(Parameterization parameterization) {
        GaussianDiffusion process =
                new GaussianDiffusion(NoiseSchedule.cosine(1000), parameterization, Variance.FIXED_SMALL);
        Scope.run(() -> {
            Tensor clean = Rng.of(1).uniform(3, 2, 4, 4);
            Tensor eps = Rng.of(2).normal(3, 2, 4, 4);
            int[] t = {10, 400, 800};
            Tensor target = process.target(clean, eps, t);
            Tensor noisy = process.diffuse(clean, eps, t);
            Tensor found =
                    process.predict((x, times) -> target, noisy, t, Clip.NONE).clean();
            assertClose("x̂₀", found, Tensors.doubles(clean), 1e-5);
        });
    }

    @Test
    void denoiserTellsTheNetworkTheTimeAndClips() {
        Case golden = Case.of("iddpm_cosine_4000_respaced_50");
        GaussianDiffusion process = golden.process();
        Scope.run(() -> {
            Tensor noisy = golden.tensor("x_t");
            int[] t = {30, 30, 30, 30, 30};
            Prediction expected = process.predict(golden.network(), noisy, t, Clip.PIXELS);
            Denoiser denoiser = process.denoiser(golden.network(), Clip.PIXELS);
            NoiseLevel level = process.schedule().level(30);
            assertThat(level.time()).isEqualTo(2448 / 4.0);
            assertThat(Tensors.floats(denoiser.denoise(noisy, level))).isEqualTo(Tensors.floats(expected.clean()));
            assertThat(Tensors.floats(denoiser.predict(noisy, level).varianceFraction()))
                    .isEqualTo(Tensors.floats(expected.varianceFraction()));
        });
    }

    @Test
    void refusesANetworkOfTheWrongWidthAndAModelWithoutVariance() {
        GaussianDiffusion learned =
                new GaussianDiffusion(NoiseSchedule.linear(100), Parameterization.EPSILON, Variance.LEARNED_RANGE);
        Scope.run(() -> {
            Tensor x = Rng.of(0).normal(2, 3, 2, 2);
            int[] t = {0, 1};
            assertThatThrownBy(() -> learned.predict((noisy, times) -> noisy, x, t, Clip.NONE))
                    .hasMessageContaining("must return 6 channels: 3");
            assertThatThrownBy(() -> learned.reverse(new Prediction(x, null), x, t))
                    .hasMessageContaining("predicts no variance");
            assertThatThrownBy(() -> learned.diffuse(x, x, new int[] {1})).hasMessageContaining("1 values for a batch");
            assertThatThrownBy(() -> learned.diffuse(x, x, new int[] {1, 100})).hasMessageContaining("0..99: 100");
        });
    }
}
