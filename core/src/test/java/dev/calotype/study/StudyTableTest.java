package dev.calotype.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.study.StudyTable.Column;
import dev.calotype.study.StudyTable.Row;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyTableTest {
    @TempDir
    private Path folder;

    /** PSNR of picture a, seeds 0 and 1, then of picture b. */
    private static final Map<String, double[]> PSNR =
            Map.of("seen", new double[] {20, 22, 30, 30}, "tv", new double[] {24, 25, 33, 31}, "strong", new double[] {
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
                    trial.id(), TrialResult.of(trial, verdict("", psnr, i), List.of(verdict("late", psnr + 1, 2 * i))));
        }
        for (int i = 0; i < missing; i++) results.remove(study.trials().get(i).id());
        return StudyTable.of(study, results);
    }

    private static TrialResult.Verdict verdict(String rule, double psnr, int gap) {
        return new TrialResult.Verdict(
                rule,
                new TrialResult.Scores(psnr, null, null, 20.0, psnr / 10),
                new TrialResult.Oracle(psnr + gap, 7, gap),
                new TrialResult.Effort(1, 0, 5, 10));
    }

    @Test
    void rulesOfTheJuryHaveRowsOfTheirOwn() throws Exception {
        List<Row> rows = table(0).rows();
        assertThat(rows)
                .extracting(Row::method)
                .containsExactlyInAnyOrder("seen", "seen: late", "tv", "tv: late", "strong", "strong: late");
        Row late = rows.stream()
                .filter(r -> r.method().equals("tv: late"))
                .findFirst()
                .orElseThrow();
        assertThat(late.psnr().mean()).isEqualTo(29.25);
        assertThat(late.gap().mean()).isEqualTo(3);
        assertThat(late.against().difference().mean()).isEqualTo(3.75);
    }

    private static Row row(StudyTable table, String method) {
        return table.rows().stream()
                .filter(r -> r.method().equals(method))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void meansSpreadsAndGapsAreThoseOfTheTrials() throws Exception {
        Row tv = row(table(0), "tv");
        assertThat(tv.psnr().mean()).isEqualTo(28.25);
        assertThat(tv.psnr().spread())
                .isCloseTo(Math.sqrt((4.25 * 4.25 + 3.25 * 3.25 + 4.75 * 4.75 + 2.75 * 2.75) / 3), within(1e-12));
        assertThat(tv.seedSpread().mean())
                .as("of (24, 25) and of (33, 31)")
                .isCloseTo((Math.sqrt(0.5) + Math.sqrt(2)) / 2, within(1e-12));
        assertThat(tv.drawSpread().mean()).isCloseTo(2.825, within(1e-12));
        assertThat(tv.gap().mean()).isEqualTo(1.5);
        assertThat(tv.worstGap().mean()).isEqualTo(3);
        assertThat(tv.oracle().mean()).isEqualTo(28.25 + 1.5);
        assertThat(tv.ssim()).isNull();
    }

    @Test
    void pairsAreOfEqualPictureAndSeed() throws Exception {
        StudyTable table = table(0);
        Row seen = row(table, "seen"), tv = row(table, "tv"), strong = row(table, "strong");
        assertThat(seen.against()).isNull();
        assertThat(tv.against().difference().mean()).isEqualTo((4 + 3 + 3 + 1) / 4.0);
        assertThat(tv.against().wins()).isEqualTo(4);
        assertThat(tv.against().test().p()).isEqualTo(0.125);
        assertThat(strong.against().difference().mean()).isEqualTo((5 - 1 - 1 + 2) / 4.0);
        assertThat(strong.against().wins()).isEqualTo(2);
        Row fewer = row(table(1), "tv"); // the baseline's first trial is missing
        assertThat(fewer.against().difference().seeds()).isEqualTo(3);
    }

    @Test
    void theBestIsMarkedAndWhatIsMissingIsSaid() throws Exception {
        StudyTable table = table(1);
        assertThat(table.best(row(table, "tv: late"), Column.PSNR)).isTrue();
        assertThat(table.best(row(table, "tv"), Column.PSNR)).isFalse();
        assertThat(table.best(row(table, "tv: late"), Column.SECONDS)).isFalse();
        assertThat(table.notes()).contains("Not finished: 1 trials.").anyMatch(note -> note.contains("Wilcoxon"));
        assertThat(table.markdown()).contains("| tv: late | **29.25 ± 4.43** | +3.33 dB", "+2.33 dB, 3 of 3, p 0.2500");
    }
}
