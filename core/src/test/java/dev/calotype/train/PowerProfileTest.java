package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LinearImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PowerProfileTest {
    /** The two of the paper, section 3.1. */
    @ParameterizedTest
    @CsvSource({"0.05,16.97", "0.10,6.94"})
    void theExponentOfALength(double length, double exponent) {
        assertThat(PowerProfile.exponent(length)).isCloseTo(exponent, within(0.005));
        assertThat(PowerProfile.of(length, 100).length()).isCloseTo(length, within(1e-9));
    }

    /** The standard deviation of the density, by sums. */
    @Test
    void theLengthIsTheSpread() {
        PowerProfile profile = PowerProfile.of(0.2, 1);
        double sum = 0, mean = 0, square = 0;
        for (int i = 0; i < 100_000; i++) {
            double t = (i + 0.5) / 100_000, p = Math.pow(t, profile.exponent());
            sum += p;
            mean += p * t;
            square += p * t * t;
        }
        mean /= sum;
        assertThat(Math.sqrt(square / sum - mean * mean)).isCloseTo(0.2, within(1e-4));
    }

    @ParameterizedTest
    @CsvSource({"0.009", "0.26", "NaN"})
    void otherLengthsAreRefused(double length) {
        assertThatThrownBy(() -> PowerProfile.of(length, 1)).hasMessageContaining("length must be in 0.01..0.25: ");
    }

    private static double[] weights(GradientStep<LinearImpl> step, String average) {
        return Scope.read(() -> Tensors.doubles(step.average(average).get("weight")));
    }

    /** Averages of two lengths at ten moments add up to what an average of another length would have been. */
    @ParameterizedTest
    @CsvSource({"0.05,1e-6", "0.03,0.01", "0.07,0.002", "0.15,0.01"})
    void anAverageOfAnyLengthIsMadeAfterwards(double length, double tolerance) {
        var options = new GradientStep.Options(
                Optimizer.ADAMW, 0, 0.99, 0, 1, new Averaging(List.of(), List.of(0.05, 0.1, length + 1e-9)));
        try (GradientStep<LinearImpl> step = Toys.linearStep(1, options)) {
            List<PowerProfile> profiles = new ArrayList<>();
            List<double[]> kept = new ArrayList<>();
            double[] start = weights(step, "power/0.05");
            for (int i = 1; i <= 200; i++) {
                Toys.train(step, i, i, 2);
                if (i % 20 != 0) continue;
                for (double each : PowerProfile.KEPT) {
                    profiles.add(PowerProfile.of(each, i));
                    kept.add(weights(step, "power/" + each));
                }
            }
            double[] factors = PowerProfile.of(length, 200).combination(profiles);
            double[] direct = weights(step, "power/" + (length + 1e-9)), made = new double[direct.length];
            for (int k = 0; k < kept.size(); k++)
                for (int i = 0; i < made.length; i++) made[i] += factors[k] * kept.get(k)[i];
            double error = 0, change = 0;
            for (int i = 0; i < made.length; i++) {
                error += Math.pow(made[i] - direct[i], 2);
                change += Math.pow(direct[i] - start[i], 2);
            }
            assertThat(Math.sqrt(error / change)).isLessThan(tolerance);
            assertThat(change).isPositive();
        }
    }
}
