package dev.calotype.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import java.util.function.IntToDoubleFunction;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseScheduleTest {
    private static final JsonNode GOLDEN =
            Golden.json("improved-diffusion/schedules.json").get("schedules");

    @ParameterizedTest
    @ValueSource(strings = {"linear_1000", "linear_4000", "cosine_1000", "cosine_4000"})
    void tablesAreThoseOfImprovedDiffusion(String name) {
        int steps = Integer.parseInt(name.substring(name.indexOf('_') + 1));
        NoiseSchedule made = name.startsWith("linear") ? NoiseSchedule.linear(steps) : NoiseSchedule.cosine(steps);
        NoiseSchedule schedule = made.respaced(steps); // the peer recomputes β from ᾱ even if it keeps all steps
        assertTable(name, "betas", schedule::beta);
        assertTable(name, "alphas_cumprod", schedule::alphaBar);
        assertTable(name, "posterior_variance", schedule::posteriorVariance);
        assertTable(name, "posterior_log_variance_clipped", schedule::posteriorLogVariance);
        assertTable(name, "posterior_mean_coef1", schedule::posteriorMeanClean);
        assertTable(name, "posterior_mean_coef2", schedule::posteriorMeanNoisy);
        assertTable(
                name, "sqrt_recip_alphas_cumprod", t -> 1 / schedule.level(t).signal());
        assertTable(name, "sqrt_recipm1_alphas_cumprod", t -> Math.sqrt(1 / schedule.alphaBar(t) - 1));
    }

    private static void assertTable(String name, String table, IntToDoubleFunction actual) {
        int[] index = Golden.ints(GOLDEN.get(name).get("index"));
        double[] expected = Golden.doubles(GOLDEN.get(name).get(table));
        for (int i = 0; i < index.length; i++)
            assertThat(actual.applyAsDouble(index[i]))
                    .as(table + "[" + index[i] + "]")
                    .isCloseTo(expected[i], Percentage.withPercentage(1e-10));
    }

    @Test
    void respacingKeepsTheNoiseLevels() {
        NoiseSchedule full = NoiseSchedule.cosine(4000);
        NoiseSchedule few = full.respaced(Spacing.parse("10,15,20"));
        for (int t = 0; t < few.steps(); t++) {
            assertThat(few.alphaBar(t)).isCloseTo(full.alphaBar(few.originalStep(t)), Percentage.withPercentage(1e-7));
            assertThat(few.level(t).time()).isEqualTo(few.originalStep(t) / 4.0);
        }
        assertThat(few.steps()).isEqualTo(45);
    }

    @Test
    void respacingTwiceRemembersTheFirstChain() {
        NoiseSchedule schedule =
                NoiseSchedule.linear(1000).respaced(Spacing.stride(50)).respaced(Spacing.stride(25));
        assertThat(schedule.originalStep(3)).isEqualTo(120);
        assertThat(schedule.level(3).time()).isEqualTo(120);
        assertThat(schedule).hasToString("linear(1000).respaced(ddim50).respaced(ddim25)");
        assertThat(schedule)
                .isEqualTo(NoiseSchedule.linear(1000)
                        .respaced(Spacing.parse("ddim50"))
                        .respaced(Spacing.parse("ddim25")));
    }

    @Test
    void zeroTerminalSnrKeepsTheFirstStepAndEndsInPureNoise() {
        NoiseSchedule schedule = NoiseSchedule.linear(1000);
        NoiseSchedule zero = schedule.zeroTerminalSnr();
        assertThat(zero.alphaBar(0)).isCloseTo(schedule.alphaBar(0), within(1e-12));
        assertThat(zero.alphaBar(999)).isZero();
        assertThat(zero.sigmaMax()).isInfinite();
        for (int t = 1; t < 1000; t++) assertThat(zero.alphaBar(t)).isLessThan(zero.alphaBar(t - 1));
        assertThat(zero.respaced(Spacing.trailing(10)).alphaBar(9)).isZero();
        assertThat(zero.levelAtSigma(1e9).time()).isEqualTo(998);
        assertThatThrownBy(() -> new GaussianDiffusion(zero, Parameterization.EPSILON, Variance.FIXED_SMALL))
                .hasMessageContaining("CLEAN or VELOCITY");
    }

    @Test
    void aLevelIsFoundByItsSigma() {
        NoiseSchedule schedule = NoiseSchedule.cosine(1000);
        for (int t : new int[] {0, 1, 500, 998, 999}) {
            NoiseLevel level = schedule.levelAtSigma(schedule.level(t).sigma());
            assertThat(level.time()).isCloseTo(t, within(1e-9));
            assertThat(level.signal()).isCloseTo(schedule.level(t).signal(), within(1e-12));
            assertThat(level.noise()).isCloseTo(schedule.level(t).noise(), within(1e-12));
        }
        double sigma = schedule.sigmaAt(500.25);
        assertThat(schedule.levelAtSigma(sigma).time()).isCloseTo(500.25, within(1e-9));
        assertThat(schedule.levelAtSigma(sigma).sigma()).isCloseTo(sigma, within(1e-12));
        assertThat(sigma).isBetween(schedule.sigmaAt(500), schedule.sigmaAt(501));
        assertThat(schedule.levelAtSigma(1e-9).time()).isZero();
    }

    @Test
    void posteriorIsBayesRule() { // the precisions of q(x_{t-1} | x₀) and of q(x_t | x_{t-1}) add up
        NoiseSchedule schedule = NoiseSchedule.linear(50);
        for (int t = 1; t < 50; t++) {
            double alpha = 1 - schedule.beta(t);
            double precision = alpha / schedule.beta(t) + 1 / (1 - schedule.alphaBarPrevious(t));
            assertThat(schedule.posteriorVariance(t)).isCloseTo(1 / precision, within(1e-12));
            double mean = schedule.posteriorMeanClean(t)
                    + schedule.posteriorMeanNoisy(t) * schedule.level(t).signal();
            assertThat(mean).isCloseTo(Math.sqrt(schedule.alphaBarPrevious(t)), within(1e-12));
        }
    }

    @Test
    void aChainOfOneStepIsWhole() {
        NoiseSchedule one = NoiseSchedule.linear(1000).respaced(Spacing.trailing(1));
        assertThat(one.originalStep(0)).isEqualTo(999);
        assertThat(one.posteriorLogVariance(0)).isFinite();
    }

    @Test
    void refusesWhatIsNoSchedule() {
        assertThatThrownBy(() -> NoiseSchedule.linear(20)).hasMessageContaining("more than 20 steps: 20");
        assertThatThrownBy(() -> NoiseSchedule.ofBetas(0.1, 0)).hasMessageContaining("beta of step 1");
        assertThatThrownBy(() -> NoiseSchedule.ofBetas(1, 0.1)).hasMessageContaining("beta of step 0");
        assertThatThrownBy(() -> NoiseSchedule.ofBetas()).hasMessageContaining("at least 1 step");
        assertThatThrownBy(() -> NoiseSchedule.cosine(10).level(10)).hasMessageContaining("0..9: 10");
        assertThatThrownBy(() -> NoiseSchedule.cosine(10).levelAtSigma(0)).hasMessageContaining("positive: 0");
    }
}
