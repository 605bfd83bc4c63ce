package dev.calotype.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.settings.Summary;
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
        return table(missing, PSNR);
    }

    private StudyTable table(int missing, Map<String, double[]> psnrs) throws Exception {
        Studies.pictures(folder);
        Study study = Study.parse(Studies.QUICK.replace(", \"down:2\"", ""), folder);
        Map<String, TrialResult> results = new HashMap<>();
        Map<String, Integer> next = new HashMap<>();
        for (Trial trial : study.trials()) {
            int i = next.merge(trial.method().label(), 1, Integer::sum) - 1;
            double psnr = psnrs.get(trial.method().label())[i];
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
    void whatIsRestoredToTheLastBitByBothIsATieAndByOneIsWon() throws Exception {
        double all = Double.POSITIVE_INFINITY;
        Map<String, double[]> psnrs = new HashMap<>(PSNR);
        psnrs.put("seen", new double[] {all, 22, 30, 30});
        psnrs.put("tv", new double[] {all, all, 33, 31});
        StudyTable.Against against = row(table(0, psnrs), "tv").against();
        assertThat(against.wins()).isEqualTo(3);
        assertThat(against.test()).isEqualTo(SignedRankTest.of(9, 3, 1));
        assertThat(against.difference()).isEqualTo(new Summary(all, null, 4));
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

    private StudyTable named(String from, String to) throws Exception {
        Studies.pictures(folder);
        Study study = Study.parse(Studies.QUICK.replace(", \"down:2\"", "").replace(from, to), folder);
        Map<String, TrialResult> results = new HashMap<>();
        for (Trial trial : study.trials())
            results.put(trial.id(), TrialResult.of(trial, verdict("", 20, 0), List.of()));
        return StudyTable.of(study, results);
    }

    @Test
    void theWholeTableAsMarkdownAndAsCsv() throws Exception {
        StudyTable table = table(1);
        String[] lines = table.markdown().split("\n");
        assertThat(lines[0]).isEqualTo("**gaussian:25**");
        assertThat(lines[2])
                .isEqualTo("| method | PSNR dB | against seen | ± over seeds | ± between draws | seconds | iteration |"
                        + " oracle PSNR | gap to oracle | worst gap |");
        assertThat(lines[3]).isEqualTo("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
        assertThat(lines)
                .contains(
                        "| seen | 27.33 ± 4.62 | – | 0.00 | 2.7 ± 0.5 | 1.0 | 5 | 29.33 | 2.00 ± 1.00 | 3.00 |",
                        "| tv | 28.25 ± 4.43 | +2.33 dB, 3 of 3, p 0.2500 | 1.06 | 2.8 ± 0.4 | 1.0 | 5 | 29.75 | 1.50 ± 1.29 |"
                                + " 3.00 |");
        String[] csv = table.csv().split("\r?\n");
        assertThat(csv[0])
                .isEqualTo("degradation,method,PSNR dB,against seen,± over seeds,± between draws,seconds,iteration,"
                        + "oracle PSNR,gap to oracle,worst gap");
        assertThat(csv)
                .hasSize(7)
                .anyMatch(line -> line.startsWith("gaussian:25,tv,28.25 ± 4.43,\"+2.33 dB, 3 of 3, p 0.2500\","));
        assertThat(String.join("\n", lines)).contains("\n\n- Not finished: 1 trials.\n- PSNR and SSIM");
    }

    @Test
    void equalNumbersHaveNoBestAndNeitherHasARowThatLacksTrials() throws Exception {
        StudyTable equal = named("x", "x");
        assertThat(equal.rows()).noneMatch(row -> equal.best(row, Column.PSNR));
        StudyTable table = table(2); // of seen and of tv one trial each is missing
        assertThat(row(table, "tv: late").trials()).isEqualTo(3);
        assertThat(table.rows()).noneMatch(row -> table.best(row, Column.PSNR));
        assertThat(table(0).rows().stream().filter(row -> row.trials() == 4)).hasSize(6);
    }

    @Test
    void withoutABaselineNothingIsHeldAgainstIt() throws Exception {
        StudyTable table = named("baseline: seen", "");
        assertThat(table.heads())
                .startsWith("method", "PSNR dB", "± over seeds")
                .doesNotContain("against ");
        assertThat(table.entries(table.rows().get(0))).hasSameSizeAs(table.heads());
        assertThat(table.notes()).noneMatch(note -> note.startsWith("Against"));
        assertThat(table("score: {colour: luma, border: 3}\nparallel: 2\n").notes())
                .anyMatch(note -> note.contains(", of luma (BT.601), without 3 pixels of border;"))
                .contains("2 trials at the same time, with one engine thread each.");
        assertThat(table("").notes())
                .anyMatch(note -> note.contains("of 8-bit values, over all channels; means over"))
                .contains("One trial at a time, with all engine threads.");
    }

    private StudyTable table(String more) throws Exception {
        Studies.pictures(folder);
        return StudyTable.of(Study.parse(Studies.QUICK + more, folder), Map.of());
    }

    @Test
    void aStudyOfNothingHasNoColumnsAndAFailureIsToldOnce() throws Exception {
        assertThat(table("").columns()).isEmpty();
        assertThat(table("").heads()).containsExactly("method");
        assertThat(table("").rows().get(0).psnr()).isNull();
        assertThat(table("").rows().get(0).worstGap()).isNull();
        Study study = Study.parse(Studies.QUICK, folder);
        Trial first = study.trials().get(0);
        StudyTable failed = StudyTable.of(study, Map.of(first.id(), TrialResult.failed(first, "no memory")));
        assertThat(failed.notes())
                .startsWith("Not finished: 23 trials.", "Failed: seen on a, gaussian:25, seed 0: no memory");
        assertThat(failed.rows().get(0).failures()).isEqualTo(1);
        assertThat(failed.rows().get(1).failures()).isZero();
        assertThat(TrialResult.failed(first, "no memory").succeeded()).isFalse();
    }

    @Test
    void aVeryLowProbabilityIsSaidToBeBelowATenThousandth() {
        StudyTable.Against low =
                new StudyTable.Against(Summary.of(List.of(1.0, 2.0)), 2, new SignedRankTest(20, 0, 0.00009));
        StudyTable.Against edge =
                new StudyTable.Against(Summary.of(List.of(-1.0)), 0, new SignedRankTest(20, 0, 0.0001));
        assertThat(low).hasToString("+1.50 dB, 2 of 2, p < 0.0001");
        assertThat(edge).hasToString("-1.00 dB, 0 of 1, p 0.0001");
    }

    @Test
    void aTieWithTheBaselineIsNoWin() throws Exception {
        StudyTable table = named("x", "x");
        assertThat(row(table, "tv").against().wins()).isZero();
        assertThat(row(table, "tv").against().difference().seeds()).isEqualTo(4);
    }
}
