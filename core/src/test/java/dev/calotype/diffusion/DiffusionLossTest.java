package dev.calotype.diffusion;

import static dev.calotype.diffusion.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class DiffusionLossTest {
    static final String[] CASES = Case.ALL;

    private static DiffusionLoss loss(Case golden) {
        return new DiffusionLoss(
                golden.process(),
                switch (golden.settings().get("loss").asText()) {
                    case "MSE" -> Loss.SIMPLE;
                    case "RESCALED_MSE" -> Loss.HYBRID;
                    default -> Loss.VLB;
                });
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void lossesAreThoseOfImprovedDiffusion(String name) {
        Case golden = Case.of(name);
        DiffusionLoss loss = loss(golden);
        Scope.run(() -> {
            LossTerms terms = loss.terms(golden.network(), golden.tensor("x0"), golden.tensor("noise"), golden.t());
            double[] expected = golden.values("loss_loss");
            double[] total = Tensors.doubles(terms.total());
            double digits =
                    loss.loss() == Loss.VLB ? 1e-7 * golden.process().schedule().steps() : 1e-7; // fp32 vb·T
            for (int i = 0; i < total.length; i++)
                assertThat(total[i]).isCloseTo(expected[i], within(1e-5 * Math.abs(expected[i]) + digits));
            if (golden.has("loss_mse")) assertClose("mse", terms.mse(), golden.values("loss_mse"), 1e-5);
            else assertThat(terms.mse()).isNull();
            double scale = loss.process().schedule().steps() / 1000.0;
            if (golden.has("loss_vb"))
                assertClose("vb", Tensors.scale(scale, terms.vb()), golden.values("loss_vb"), 1e-5);
        });
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void variationalTermsAreThoseOfImprovedDiffusion(String name) {
        Case golden = Case.of(name);
        GaussianDiffusion process = golden.process();
        Scope.run(() -> {
            Tensor clean = golden.tensor("x0");
            Tensor noisy = golden.tensor("x_t");
            Prediction prediction = process.predict(golden.network(), noisy, golden.t(), Clip.PIXELS);
            Tensor vb = DiffusionLoss.variational(process, clean, noisy, prediction, golden.t());
            assertClose("vb", vb, golden.values("vb_terms"), 1e-5);
        });
    }

    @Test
    void hybridTrainsThePredictionByItsSquaredErrorAlone() {
        GaussianDiffusion process =
                new GaussianDiffusion(NoiseSchedule.cosine(1000), Parameterization.EPSILON, Variance.LEARNED_RANGE);
        Scope.run(() -> {
            Tensor clean = Tensors.clip(Rng.of(1).normal(4, 1, 3, 3));
            Tensor eps = Rng.of(2).normal(4, 1, 3, 3);
            int[] t = {0, 5, 500, 990};
            Tensor output = Rng.of(3).normal(4, 2, 3, 3).requires_grad_(true);
            new DiffusionLoss(process, Loss.HYBRID)
                    .terms((x, times) -> output, clean, eps, t)
                    .total()
                    .sum()
                    .backward();
            double[] gradient = Tensors.doubles(Tensors.chunk(output.grad(), 2, 1)[0]);
            double[] variance = Tensors.doubles(Tensors.chunk(output.grad(), 2, 1)[1]);
            double[] error = Tensors.doubles(Tensors.chunk(output, 2, 1)[0].sub(eps));
            for (int i = 0; i < error.length; i++) assertThat(gradient[i]).isCloseTo(2 * error[i] / 9, within(1e-6));
            assertThat(Arrays.stream(variance).map(Math::abs).sum())
                    .isPositive()
                    .isFinite();
        });
    }

    /** A teacher says nothing of variances, so what it teaches has none of the bound. */
    @Test
    void whoAnswersAsItsTeacherLearnsNothing() {
        var process =
                new GaussianDiffusion(NoiseSchedule.cosine(1000), Parameterization.EPSILON, Variance.LEARNED_RANGE);
        Scope.run(() -> {
            Tensor clean = Tensors.clip(Rng.of(1).normal(3, 1, 3, 3)),
                    eps = Rng.of(2).normal(3, 1, 3, 3);
            Tensor output = Rng.of(3).normal(3, 2, 3, 3);
            var lesson = new DiffusionLoss.Lesson(1, (x, times) -> output.narrow(0, 1, 2));
            double[] total = Tensors.doubles(new DiffusionLoss(process, Loss.HYBRID)
                    .terms((x, times) -> output, lesson, clean, eps, new int[] {5, 500, 0})
                    .total());
            assertThat(total[0]).isPositive();
            assertThat(total[1]).isZero();
            assertThat(total[2]).isZero();
        });
    }

    @Test
    void theVariationalBoundTrainsThePredictionToo() {
        GaussianDiffusion process =
                new GaussianDiffusion(NoiseSchedule.linear(100), Parameterization.EPSILON, Variance.FIXED_SMALL);
        Scope.run(() -> {
            Tensor clean = Tensors.clip(Rng.of(1).normal(2, 1, 3, 3));
            Tensor output = Rng.of(3).normal(2, 1, 3, 3).requires_grad_(true);
            int[] t = {0, 50};
            Tensor eps = Rng.of(2).normal(2, 1, 3, 3);
            new DiffusionLoss(process, Loss.VLB)
                    .terms((x, times) -> output, clean, eps, t)
                    .total()
                    .sum()
                    .backward();
            double size =
                    Arrays.stream(Tensors.doubles(output.grad())).map(Math::abs).sum();
            assertThat(size).isFinite().isGreaterThan(1e-3);
        });
    }

    @Test
    void minSnrWeighsTheSameImageErrorAlikeInEveryView() {
        NoiseSchedule schedule = NoiseSchedule.cosine(1000);
        Weighting weighting = Weighting.minSnr(5);
        Scope.run(() -> {
            Tensor clean = Rng.of(1).uniform(3, 1, 4, 4);
            Tensor eps = Rng.of(2).normal(3, 1, 4, 4);
            Tensor wrong = Tensors.combine(1, clean, 0.1, Rng.of(3).normal(3, 1, 4, 4)); // x̂₀
            int[] t = {50, 400, 900};
            double[][] losses = new double[Parameterization.values().length][];
            for (Parameterization view : Parameterization.values()) {
                GaussianDiffusion process = new GaussianDiffusion(schedule, view, Variance.FIXED_SMALL);
                NoisePredictor network = (noisy, times) -> {
                    Tensor implied = Gaussian.column(
                                    t, i -> 1 / schedule.level(i).noise(), clean)
                            .mul(process.diffuse(clean, eps, t)
                                    .sub(Gaussian.column(
                                                    t, i -> schedule.level(i).signal(), clean)
                                            .mul(wrong)));
                    return process.target(wrong, implied, t);
                };
                losses[view.ordinal()] = Tensors.doubles(new DiffusionLoss(process, Loss.SIMPLE, weighting)
                        .terms(network, clean, eps, t)
                        .total());
            }
            double[] image =
                    Tensors.doubles(Tensors.meanPerSample(wrong.sub(clean).square()));
            for (int i = 0; i < 3; i++) {
                double expected = Math.min(5, schedule.level(t[i]).snr()) * image[i];
                for (double[] view : losses) assertThat(view[i] / expected).isCloseTo(1, within(1e-3));
            }
        });
    }

    @Test
    void refusesALossThatDoesNotFitTheVariance() {
        NoiseSchedule schedule = NoiseSchedule.linear(100);
        GaussianDiffusion fixed = new GaussianDiffusion(schedule, Parameterization.EPSILON, Variance.FIXED_SMALL);
        GaussianDiffusion learned = new GaussianDiffusion(schedule, Parameterization.EPSILON, Variance.LEARNED_RANGE);
        assertThatThrownBy(() -> new DiffusionLoss(fixed, Loss.HYBRID)).hasMessageContaining("must be LEARNED_RANGE");
        assertThatThrownBy(() -> new DiffusionLoss(learned, Loss.SIMPLE)).hasMessageContaining("HYBRID or VLB");
        assertThatThrownBy(() -> Weighting.minSnr(0)).hasMessageContaining("gamma must be positive: 0");
    }

    @Test
    void aStepLeavesNothingBehind() {
        Case golden = Case.of("iddpm_cosine_4000_hybrid");
        DiffusionLoss loss = loss(golden);
        Runnable step = () ->
                Scope.run(() -> loss.terms(golden.network(), golden.tensor("x0"), golden.tensor("noise"), golden.t()));
        step.run();
        long before = Scope.live();
        step.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }
}
