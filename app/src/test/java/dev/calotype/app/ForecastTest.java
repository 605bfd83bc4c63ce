package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.app.DoctorCommand.Quickstart;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.TrainingSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ForecastTest {
    private static TrainingSettings training(String settings) {
        return Recipe.parse("training: {" + settings + "}", List.of()).training();
    }

    private static Forecast forecast(double learned, double drawn) {
        return new Forecast(learned, drawn, 1.5, Optional.empty(), Optional.empty());
    }

    /** 1092 pictures at 20 a second, with 200 on the way and 8 s of judging. */
    @Test
    void aTrainingIsShortenedByWhatTheRestWouldTakeTooLong() {
        Forecast slow = forecast(80, 20);
        assertThat(slow.after(1092)).isCloseTo(72.6, within(1e-9));
        assertThat(slow.minutes(5.5, 6, 1092)).isEqualTo(4.8);
        assertThat(slow.minutes(5.5, 60, 1092)).isEqualTo(5.5);
    }

    @Test
    void atLeastHalfOfItIsLeft() {
        assertThat(forecast(8, 1).minutes(5, 6, 1092)).isEqualTo(2.5);
    }

    @Test
    void whatIsSeenEndsWithTheMinutesOrTheSteps() {
        Forecast forecast = forecast(100, 20);
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
        assertThat(forecast.begun()).isPositive().isFinite();
        assertThat(forecast.training().orElseThrow().results()).isPositive();
        assertThat(forecast.drawing().orElseThrow().results()).isPositive();
    }

    /** 1074 pictures at 20 a second, 200 on the way and 8 s of judging: 71.7 s; of 6.75 minutes 5.5 are left for the training. */
    @Test
    void whatTheQuickstartWouldTakeIsToldFromItsStart() {
        GenerativeExperiment experiment = Recipe.parse(
                        "{training: {minutes: 5.5, checkpointSeconds: 60}, evaluation: {images: 1000}}", List.of())
                .generative()
                .orElseThrow();
        Quickstart told = Quickstart.of(forecast(80, 20), 5, experiment);
        assertThat(told.progress()).isEqualTo(6.5);
        assertThat(told.picture()).isCloseTo(6.5 + 0.05 * 330, within(1e-9));
        assertThat(told.report()).isCloseTo(6.5 + 330 + 71.7, within(1e-9));
        assertThat(told)
                .hasToString(
                        "quickstart     first progress after 7 s, first picture after 23 s, report after 6 min 48 s");
    }

    @Test
    void memoryIsToldByWhatNeedsIt() {
        var training = new MemoryEstimate(300 << 20, 40 << 20, 20 << 20, 3 << 20);
        var drawing = new MemoryEstimate(999 << 20, 0, 7 << 20, 0);
        Forecast forecast = new Forecast(80, 20, 1.5, Optional.of(training), Optional.of(drawing));
        assertThat(DoctorCommand.Memory.of(forecast))
                .hasToString("363 MB in training (program 300, weights and optimizer 40, a step 20, pictures ahead 3),"
                        + " 347 MB in drawing");
    }
}
