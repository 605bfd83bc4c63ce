package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RngTest {
    @Test
    void theSameSeedGivesTheSameNumbers() {
        assertThat(Rng.of(7).nextLong())
                .isEqualTo(Rng.of(7).nextLong())
                .isNotEqualTo(Rng.of(8).nextLong());
    }

    @Test
    void forksDependOnTheirNameAndNotOnWhatWasDrawn() {
        Rng fresh = Rng.of(7);
        Rng used = Rng.of(7);
        used.nextLong();
        assertThat(used.fork(3).nextLong()).isEqualTo(fresh.fork(3).nextLong());
        assertThat(fresh.fork(4).nextLong()).isNotEqualTo(fresh.fork(3).nextLong());
    }

    @Test
    void anImagesNoiseDoesNotDependOnItsBatch() {
        Scope.run(() -> {
            float[] all = Tensors.floats(Rng.images(1, 0, 5).normal(5, 3, 7));
            float[] last = Tensors.floats(Rng.images(1, 3, 2).normal(2, 3, 7));
            assertThat(Arrays.copyOfRange(all, 3 * 21, 5 * 21)).isEqualTo(last);
        });
    }

    @Test
    void normalsHaveTheMomentsOfTheNormalDistribution() {
        Scope.run(() -> {
            double[] x = Tensors.doubles(Rng.of(3).normal(400_000));
            assertThat(moment(x, 1)).isCloseTo(0, within(0.006));
            assertThat(moment(x, 2)).isCloseTo(1, within(0.01));
            assertThat(moment(x, 3)).isCloseTo(0, within(0.03));
            assertThat(moment(x, 4)).isCloseTo(3, within(0.08));
        });
    }

    @Test
    void uniformsFillTheUnitInterval() {
        Scope.run(() -> {
            double[] x = Tensors.doubles(Rng.of(4).uniform(100_000));
            assertThat(Arrays.stream(x).min().orElseThrow()).isBetween(0.0, 1e-3);
            assertThat(Arrays.stream(x).max().orElseThrow()).isBetween(0.999, 1 - 1e-9);
            assertThat(moment(x, 1)).isCloseTo(0.5, within(0.005));
        });
    }

    @Test
    void aSourceOfRowsRefusesAnotherNumberOfRows() {
        assertThatThrownBy(() -> Rng.images(0, 0, 2).normal(3, 1)).hasMessageContaining("2 rows");
    }

    private static double moment(double[] x, int order) {
        return Arrays.stream(x).map(v -> Math.pow(v, order)).average().orElseThrow();
    }
}
