package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.TrainingSettings;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForecastTest {
    private static TrainingSettings training(String settings) {
        return Recipe.parse("training: {" + settings + "}", List.of()).training();
    }

    /** 1092 pictures at 20 a second, with 200 on the way and 8 s of judging. */
    @Test
    void aTrainingIsShortenedByWhatTheRestWouldTakeTooLong() {
        Forecast slow = new Forecast(80, 20);
        assertThat(slow.after(1092)).isCloseTo(72.6, within(1e-9));
        assertThat(slow.minutes(5.5, 6, 1092)).isEqualTo(4.8);
        assertThat(slow.minutes(5.5, 60, 1092)).isEqualTo(5.5);
    }

    @Test
    void atLeastHalfOfItIsLeft() {
        assertThat(new Forecast(8, 1).minutes(5, 6, 1092)).isEqualTo(2.5);
    }

    @Test
    void whatIsSeenEndsWithTheMinutesOrTheSteps() {
        Forecast forecast = new Forecast(100, 20);
        assertThat(forecast.seen(training("minutes: 2"))).isEqualTo(12_000);
        assertThat(forecast.seen(training("minutes: 2, steps: 50, batch: 32"))).isEqualTo(1600);
        assertThat(forecast.seen(training("minutes: 0, steps: 50, batch: 32"))).isEqualTo(1600);
    }

    @Test
    void aRehearsalMeasuresAndLeavesNothingBehind() throws Exception {
        Experiment experiment = Recipe.parse(
                """
                data: {source: rooms, size: 32}
                network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32, patch: 4}
                training: {minutes: 5, batch: 2, workers: 1}
                sampling: {steps: 2}
                """,
                List.of());
        Forecast forecast = Forecast.of(experiment);
        assertThat(forecast.learned()).isPositive().isFinite();
        assertThat(forecast.drawn()).isPositive().isFinite();
    }
}
