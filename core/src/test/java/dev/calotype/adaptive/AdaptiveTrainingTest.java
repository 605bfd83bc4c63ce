package dev.calotype.adaptive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.adaptive.AdaptiveTraining.Lead;
import dev.calotype.adaptive.AdaptiveTraining.Score;
import dev.calotype.io.Progress;
import dev.calotype.judge.RoomsJudge;
import dev.calotype.restore.AdaptivePrior.Centre;
import dev.calotype.tensor.Device;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AdaptiveTrainingTest {
    private static Score score(long seed, Centre centre, int step, double psnr, double kid) {
        return new Score(seed, centre, step, psnr, psnr + 1, 10, kid);
    }

    @Test
    void theLeadIsTheFirstStepThatReachesTheOtherOnesEnd() {
        AdaptiveTraining training = new AdaptiveTraining(
                "down:4",
                10,
                4,
                12.5,
                20,
                21,
                List.of(
                        score(0, Centre.ORIGIN, 25, 10, 3),
                        score(0, Centre.ORIGIN, 50, 20, 1),
                        score(0, Centre.ESTIMATE, 25, 20, 2),
                        score(0, Centre.ESTIMATE, 50, 25, 1.5)));
        assertThat(training.leads()).containsExactly(new Lead(0, 25, null));
        assertThat(training.markdown())
                .contains("pseudo-inverse 20.00 dB, estimates 21.00 dB (held out: 4 pictures; v = 12.5 of 255)")
                .contains("| 25 | noise | 10.00 |", "| 50 | estimates | 25.00 | 26.00 |");
    }

    @Test
    @Tag("slow")
    void bothCentresAreTrainedOnTheSameAndScoredAlike() throws IOException {
        try (RoomsJudge judge = RoomsJudge.builtIn(Device.CPU)) {
            AdaptiveTraining made =
                    new AdaptiveTrainingRun("mask:0.5+gaussian:5", 6, 30, List.of(3L), judge, 4).run(Progress.SILENT);
            assertThat(made.scores()).extracting(Score::step).containsExactly(25, 30, 25, 30);
            assertThat(made.scores()).extracting(Score::seed).containsOnly(3L);
            Score noise = made.scores().get(1), estimates = made.scores().get(3);
            assertThat(estimates.psnr()).isGreaterThan(noise.psnr() + 3); // an untrained network draws the estimates
            assertThat(noise.meanPsnr()).isGreaterThan(noise.psnr());
            assertThat(estimates.diversity()).isBetween(1.0, 3 * made.deviation());
        }
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new AdaptiveTrainingRun("none", 0, 25, List.of(1L), null))
                .hasMessage("pictures must be at least 1: 0");
        assertThatThrownBy(() -> new AdaptiveTrainingRun("none", 1, 24, List.of(1L), null))
                .hasMessage("steps must be at least 25: 24");
        assertThatThrownBy(() -> new AdaptiveTrainingRun("none", 1, 25, List.of(), null))
                .hasMessage("seeds must name at least one");
        assertThatThrownBy(() -> new AdaptiveTrainingRun("none", 1, 25, List.of(1L), null, 1))
                .hasMessage("heldOut must be at least 2: 1");
    }
}
