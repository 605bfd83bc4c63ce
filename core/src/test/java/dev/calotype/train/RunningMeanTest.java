package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RunningMeanTest {
    @Test
    void theFirstStepsAreNoMoreThanTheyWeigh() {
        RunningMean mean = new RunningMean();
        assertThat(mean.value()).isNaN();
        mean.add(10);
        assertThat(mean.value()).isEqualTo(10, within(1e-12));
        for (int i = 0; i < 99; i++) mean.add(0);
        double weights = (1 - Math.pow(0.98, 100)) / (1 - 0.98);
        assertThat(mean.value()).isEqualTo(10 * Math.pow(0.98, 99) / weights, within(1e-12));
    }

    @Test
    void aValueOfSeveralStepsIsAsManyValuesAndAMeanGoesOnFromWhatItRemembers() {
        RunningMean one = new RunningMean(), other = new RunningMean(), restored = new RunningMean();
        one.add(3);
        one.add(5, 4);
        other.add(3);
        restored.restore(other.state().toArray(), 0);
        for (int i = 0; i < 4; i++) restored.add(5);
        assertThat(restored.value()).isEqualTo(one.value(), within(1e-12));
    }
}
