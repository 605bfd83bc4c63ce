package dev.calotype.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.study.StudyTable.Column;
import dev.calotype.study.StudyTable.Row;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyTableTest {
    @TempDir
    private Path folder;

    /** PSNR of picture a, seeds 0 and 1, then of picture b. */
    private static final Map<String, double[]> PSNR = Map.of(
            "seen", new double[] {20, 22, 30, 30}, "tv", new double[] {24, 25, 33, 31}, "strong", new double[] {
                25, 21, 29, 32
            });

    private StudyTable table(int missing) throws Exception {
        Studies.pictures(folder);
        Study study = Study.parse(Studies.QUICK.replace(", \"down:2\"", ""), folder);
        Map<String, TrialResult> results = new HashMap<>();
        Map<String, Integer> next = new HashMap<>();
        for (Trial trial : study.trials()) {
            int i = next.merge(trial.method().label(), 1, Integer::sum) - 1;
            double psnr = PSNR.get(trial.method().label())[i];
            results.put(
                    trial.id(),
                    TrialResult.of(
                            trial,
                            new TrialResult.Scores(psnr, null, null, 20.0),
                            new TrialResult.Oracle(psnr + i, 7, i),
                            new TrialResult.Effort(1 + i, 0, 5, 10)));
        }
        for (int i = 0; i < missing; i++) results.remove(study.trials().get(i).id());
        return StudyTable.of(study, results);
    }

    @Test
    void meansSpreadsAndGapsAreThoseOfTheTrials() throws Exception {
        Row tv = table(0).rows().get(1);
        assertThat(tv.psnr().mean()).isEqualTo(28.25);
        assertThat(tv.psnr().spread()).isCloseTo(Math.sqrt((4.25 * 4.25 + 3.25 * 3.25 + 4.75 * 4.75 + 2.75 * 2.75) / 3), within(1e-12));
        assertThat(tv.seedSpread().mean()).as("of (24, 25) and of (33, 31)").isCloseTo((Math.sqrt(0.5) + Math.sqrt(2)) / 2, within(1e-12));
        assertThat(tv.gap().mean()).isEqualTo(1.5);
        assertThat(tv.worstGap().mean()).isEqualTo(3);
        assertThat(tv.oracle().mean()).isEqualTo(28.25 + 1.5);
        assertThat(tv.ssim()).isNull();
    }

    @Test
    void pairsAreOfEqualPictureAndSeed() throws Exception {
        StudyTable table = table(0);
        Row seen = table.rows().get(0), tv = table.rows().get(1), strong = table.rows().get(2);
        assertThat(seen.against()).isNull();
        assertThat(tv.against().difference().mean()).isEqualTo((4 + 3 + 3 + 1) / 4.0);
        assertThat(tv.against().wins()).isEqualTo(4);
        assertThat(tv.against().test().p()).isEqualTo(0.125);
        assertThat(strong.against().difference().mean()).isEqualTo((5 - 1 - 1 + 2) / 4.0);
        assertThat(strong.against().wins()).isEqualTo(2);
        Row fewer = table(1).rows().get(1); // the baseline's first trial is missing
        assertThat(fewer.against().difference().seeds()).isEqualTo(3);
    }

    @Test
    void theBestIsMarkedAndWhatIsMissingIsSaid() throws Exception {
        StudyTable table = table(1);
        assertThat(table.best(table.rows().get(1), Column.PSNR)).isTrue();
        assertThat(table.best(table.rows().get(2), Column.PSNR)).isFalse();
        assertThat(table.best(table.rows().get(1), Column.SECONDS)).isFalse();
        assertThat(table.notes()).contains("Not finished: 1 trials.").anyMatch(note -> note.contains("Wilcoxon"));
        assertThat(table.markdown()).contains("| gaussian:25 | tv | **28.25 ± 4.425** |", "+2.33 dB, 3 of 3, p 0.2500");
    }
}
