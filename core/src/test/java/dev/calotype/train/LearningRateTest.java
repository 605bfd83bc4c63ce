package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.train.LearningRate.Decay;
import org.junit.jupiter.api.Test;

class LearningRateTest {
    @Test
    void warmsUpInALine() {
        LearningRate rate = new LearningRate(0.1, 9, Decay.CONSTANT);
        assertThat(rate.at(1, 0)).isCloseTo(0.01, within(1e-12));
        assertThat(rate.at(5, 0.1)).isCloseTo(0.05, within(1e-12));
        assertThat(rate.at(10, 0.5)).isEqualTo(0.1);
        assertThat(rate.at(1000, 1)).isEqualTo(0.1);
    }

    @Test
    void withoutWarmupTheFirstStepHasThePeak() {
        assertThat(new LearningRate(0.1, 0, Decay.CONSTANT).at(1, 0)).isEqualTo(0.1);
    }

    @Test
    void theCosineFallsToZeroWithTheTraining() {
        LearningRate rate = new LearningRate(0.2, 0, Decay.COSINE);
        assertThat(rate.at(1, 0)).isEqualTo(0.2);
        assertThat(rate.at(5, 1 / 3.0)).isCloseTo(0.15, within(1e-12));
        assertThat(rate.at(5, 0.5)).isCloseTo(0.1, within(1e-12));
        assertThat(rate.at(9, 1)).isCloseTo(0, within(1e-12));
    }

    @Test
    void theLineFallsToZeroWithTheTraining() {
        LearningRate rate = new LearningRate(0.2, 1, Decay.LINEAR);
        assertThat(rate.at(1, 0)).isEqualTo(0.1);
        assertThat(rate.at(5, 0.25)).isCloseTo(0.15, within(1e-12));
        assertThat(rate.at(9, 1)).isEqualTo(0);
    }

    @Test
    void refusesRatesThatCannotBeMeant() {
        assertThatThrownBy(() -> new LearningRate(0, 0, Decay.CONSTANT))
                .hasMessage("learningRate must be in (0, 10]: 0.0");
        assertThatThrownBy(() -> new LearningRate(Double.NaN, 0, Decay.CONSTANT))
                .hasMessage("learningRate must be in (0, 10]: NaN");
        assertThatThrownBy(() -> new LearningRate(0.1, -1, Decay.CONSTANT)).hasMessage("warmup must be at least 0: -1");
    }
}
