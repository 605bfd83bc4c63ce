package dev.calotype.sampling;

import static dev.calotype.diffusion.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class SolverSettingsTest {
    private static final NoiseSchedule LINEAR = NoiseSchedule.linear(1000);

    private static double[] visited(Sampler sampler) {
        List<Double> sigmas = new ArrayList<>();
        Denoiser denoiser = (noisy, level) -> {
            sigmas.add(level.sigma());
            return Tensors.scale(0, noisy);
        };
        Scope.run(() -> sampler.sample(denoiser, Rng.of(1).normal(1, 1, 1, 1), Rng.of(1)));
        return sigmas.stream().mapToDouble(v -> v).toArray();
    }

    @Test
    void heunVisitsTheLevelsOfKarras() {
        double[] levels = karras(18);
        List<Double> expected = new ArrayList<>(List.of(levels[0]));
        for (int i = 1; i < 18; i++) expected.addAll(List.of(levels[i], levels[i]));
        double[] sigmas = visited(new Heun(LINEAR, 18, 7, 0));
        assertClose("σ", sigmas, expected.stream().mapToDouble(v -> v).toArray(), 1e-9);
        assertThat(new Heun(LINEAR, 18).calls()).isEqualTo(35);
    }

    @Test
    void aStepOfHeunThatFallsBelowATenthIsEulers() {
        assertClose("σ", visited(new Heun(LINEAR, 3)), karras(3), 1e-9);
        assertThat(new Heun(LINEAR, 3).calls()).isEqualTo(3);
        assertThat(new Heun(LINEAR, 10).calls()).isEqualTo(19);
    }

    private static double[] karras(int steps) {
        double high = Math.pow(LINEAR.sigmaMax(), 1 / 7.0);
        double low = Math.pow(LINEAR.sigmaMin(), 1 / 7.0);
        return Grid.spread(steps, u -> Math.pow(high + u * (low - high), 7));
    }

    @Test
    void gridsEndAtTheFirstStepAndStartAtTheLastOrWhereNothingIsSeen() {
        for (Grid grid : Grid.values()) {
            double[] sigmas = visited(new DpmSolver(LINEAR, 7, grid));
            assertThat(sigmas[0]).isCloseTo(LINEAR.sigmaMax(), Percentage.withPercentage(1e-9));
            assertThat(sigmas[6]).isCloseTo(LINEAR.sigmaMin(), within(1e-12));
            for (int i = 1; i < 7; i++) assertThat(sigmas[i]).isLessThan(sigmas[i - 1]);
            double[] cosine = visited(new DpmSolver(NoiseSchedule.cosine(4000), 7, grid));
            assertThat(cosine[0]).isCloseTo(Math.exp(5.1), Percentage.withPercentage(1e-9));
        }
        double[] even = visited(new DpmSolver(LINEAR, 3));
        assertThat(even[1]).isCloseTo(Math.sqrt(even[0] * even[2]), Percentage.withPercentage(1e-9));
        assertThat(visited(new DpmSolver(LINEAR, 3, Grid.TIME))[1]).isCloseTo(LINEAR.sigmaAt(499.5), within(1e-9));
    }

    @Test
    void theLastStepOfTheSolverIsOfFirstOrderIfThereAreFewerThanFifteen() {
        assertThat(memoryOfTheImageBefore(14)).isLessThan(1e-3);
        assertThat(memoryOfTheImageBefore(15)).isGreaterThan(1);
    }

    /** How much the last image but two counts in the last noisy one, when the one between says nothing. */
    private static double memoryOfTheImageBefore(int steps) {
        double[] last = new double[2];
        for (int value = 0; value < 2; value++) {
            int image = value;
            List<Double> seen = new ArrayList<>();
            Denoiser denoiser = (noisy, level) -> {
                seen.add(noisy.item_double() * (level.noise() > 0 ? 1 / level.noise() : 1));
                return Tensors.fill(1, seen.size() == steps - 2 ? image : 0).reshape(1, 1, 1, 1);
            };
            Scope.run(() ->
                    new DpmSolver(LINEAR, steps).sample(denoiser, Rng.of(1).normal(1, 1, 1, 1), Rng.of(1)));
            last[value] = seen.get(steps - 1) - seen.get(steps - 2); // x/noise moves by what the step adds
        }
        return Math.abs(last[1] - last[0]);
    }

    @Test
    void refusesWhatIsNoGrid() {
        assertThatThrownBy(() -> new DpmSolver(LINEAR, 1)).hasMessage("steps must be at least 2: 1");
        assertThatThrownBy(() -> new Heun(LINEAR, 1)).hasMessage("steps must be at least 2: 1");
        assertThatThrownBy(() -> new Heun(LINEAR, 5, 0, 0)).hasMessageContaining("rho must be positive: 0");
        assertThatThrownBy(() -> new Heun(LINEAR, 5, 7, -1)).hasMessageContaining("churn must be at least 0: -1");
    }

    @Test
    void printTheirSettings() {
        assertThat(new Heun(LINEAR, 18)).hasToString("Heun[schedule=linear(1000), steps=18, rho=7.0, churn=0.0]");
        assertThat(new DpmSolver(LINEAR, 20)).hasToString("DpmSolver[schedule=linear(1000), steps=20, grid=LOG_SNR]");
    }
}
