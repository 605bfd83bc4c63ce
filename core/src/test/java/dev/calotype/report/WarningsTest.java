package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Scores;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarningsTest {
    @TempDir
    private Path folder;

    private static Statistics at(int step, double loss, double speed, double waiting) {
        return new Statistics(step, step, loss, 1, 1e-3, speed, waiting, 100, "cpu", "fp32", null);
    }

    private List<String> all(List<Statistics> statistics, Milestone... milestones) throws IOException {
        var experiment = Recipe.parse("{training: {steps: 20, minutes: 0}}", List.of());
        return new Warnings(new RunDirectory(folder), experiment, statistics, List.of(milestones)).all();
    }

    private static List<Statistics> steady(double waiting) {
        return IntStream.rangeClosed(1, 20)
                .mapToObj(i -> at(i, 1, 100, waiting))
                .toList();
    }

    @Test
    void aGoodRunHasNone() throws IOException {
        assertThat(all(steady(0.01), new Milestone(10, 1, 0.5, null), new Milestone(20, 2, 0.4, null)))
                .containsExactly("Nothing unusual was recorded.");
    }

    @Test
    void whatIsUnusualIsSaid() throws IOException {
        assertThat(all(List.of())).singleElement().asString().contains("There are no statistics");
        assertThat(all(steady(0.01).subList(0, 12)))
                .singleElement()
                .asString()
                .contains("not finished")
                .contains("12 steps");
        assertThat(all(steady(0.1))).singleElement().asString().contains("waited for data 10.0 %");
        assertThat(all(steady(0.01), new Milestone(10, 1, 0.4, null), new Milestone(20, 2, 0.5, null)))
                .singleElement()
                .asString()
                .contains("best at step 10, 0.4000, and is 0.5000");
        List<Statistics> shared = IntStream.rangeClosed(1, 20)
                .mapToObj(i -> at(i, 1, i % 4 == 0 ? 40 : 100, 0))
                .toList();
        assertThat(all(shared)).singleElement().asString().contains("In 25 % of the records");
        List<Statistics> broken = IntStream.rangeClosed(1, 20)
                .mapToObj(i -> at(i, i < 20 ? 1 : Double.NaN, 100, 0))
                .toList();
        assertThat(all(broken)).singleElement().asString().contains("not finite in 1 of the records");
    }

    @Test
    void theLogsWarningsAreQuotedAndFewOfThem() throws IOException {
        String warning = "2026-01-01 10:00:00 WARN Batches: damaged\n";
        Files.writeString(folder.resolve("log.txt"), "2026-01-01 10:00:00 INFO Batches: read\n" + warning.repeat(5));
        assertThat(all(steady(0))).hasSize(4).startsWith("The log has 5 warnings, first:");
    }

    @Test
    void aTrainingIsFinishedByItsStepsOrByItsTime() throws IOException {
        assertThat(of("{steps: 20, minutes: 0}", at(20, 1, 1, 0))).isEmpty();
        assertThat(of("{steps: 0, minutes: 0.5}", at(30, 1, 1, 0))).isEmpty();
        assertThat(of("{steps: 0, minutes: 0.5}", at(29, 1, 1, 0)))
                .containsExactly(
                        "The training is not finished, or was stopped: 29 steps in 0.5 minutes. It can be gone on"
                                + " with.");
        assertThat(of("{steps: 100, minutes: 10}", at(90, 1, 1, 0)))
                .singleElement()
                .asString()
                .contains("90 steps in 1.5 minutes");
    }

    /** What is said of a single record. */
    private List<String> of(String training, Statistics only) throws IOException {
        var experiment = Recipe.parse("{training: " + training + "}", List.of());
        return new Warnings(new RunDirectory(folder), experiment, List.of(only), List.of())
                .all().stream()
                        .filter(text -> !text.startsWith("Nothing unusual"))
                        .toList();
    }

    private static List<Statistics> norms(double... norms) {
        return IntStream.range(0, norms.length)
                .mapToObj(i -> new Statistics(20, i, 1, norms[i], 1e-3, 100, 0, 100, "cpu", "fp32", null))
                .toList();
    }

    @Test
    void aGradientOfMoreThanTwentyTimesTheMedianIsASpike() throws IOException {
        assertThat(all(norms(1, 2, 3, 40))).isEqualTo(List.of("Nothing unusual was recorded."));
        assertThat(all(norms(1, 2, 2, 41)))
                .containsExactly(
                        "The gradient norm rose to 41.0, 21 times its median: a lower learning rate or a longer"
                                + " warm-up may help.");
        assertThat(all(norms(1, 2, 2, 40))).as("exactly twenty times").doesNotContain("rose");
        assertThat(all(norms(0, 0, 5)))
                .as("a median of 0 tells nothing")
                .hasSize(1)
                .noneMatch(t -> t.contains("rose"));
        assertThat(all(norms(Double.NaN))).hasSize(1).noneMatch(text -> text.contains("rose"));
    }

    @Test
    void aSpeedOfLessThanHalfTheMedianIsSlowIfItIsSoInMoreThanATenthOfTheRecords() throws IOException {
        assertThat(slow(10, 1, 49)).as("a tenth").containsExactly("Nothing unusual was recorded.");
        assertThat(slow(10, 2, 49))
                .containsExactly(
                        "In 20 % of the records the training had less than half of its usual speed: other programs"
                                + " probably used the machine, and times do not compare.");
        assertThat(slow(10, 2, 50)).as("exactly half").containsExactly("Nothing unusual was recorded.");
    }

    private List<String> slow(int records, int slow, double speed) throws IOException {
        return all(IntStream.range(0, records)
                .mapToObj(i -> at(20, 1, i < slow ? speed : 100, 0.03))
                .toList());
    }

    @Test
    void aLossIsWorseThanItsBestFromATenthOn() throws IOException {
        assertThat(all(steady(0), worth(10, 1), worth(15, 1.2), worth(20, 1.1)))
                .hasSize(1)
                .first()
                .asString()
                .startsWith("Nothing");
        assertThat(all(steady(0), worth(10, 3), worth(15, 1), worth(20, 1.2)))
                .containsExactly("The validation loss was best at step 15, 1.0000, and is 1.2000 at the end.");
        assertThat(all(steady(0), worth(10, 0), worth(20, 1)))
                .as("a best of 0")
                .first()
                .asString()
                .startsWith("Nothing");
        assertThat(all(steady(0), worth(10, -2), worth(20, -1)))
                .as("below 0")
                .first()
                .asString()
                .startsWith("Nothing");
    }

    private static Milestone worth(int step, double validation) {
        return new Milestone(step, step, validation, null);
    }

    private static Milestone fid(int step, double fid, int images) {
        return new Milestone(step, step, 1, Scores.NONE.with("fid", fid).with("images", images));
    }

    @Test
    void aFidIsMuchHigherThanItsLowestFromAHalfOn() throws IOException {
        assertThat(all(steady(0), fid(10, 20, 64), fid(20, 30, 64)))
                .first()
                .asString()
                .startsWith("Nothing");
        assertThat(all(steady(0), fid(5, 90, 64), fid(10, 20, 64), fid(15, 40, 64), fid(20, 31, 64)))
                .containsExactly(
                        "The FID of 64 images was lowest at step 10, 20.00, and is 31.00 at the end: look at the"
                                + " samples of both.");
        assertThat(all(steady(0), worth(5, 1), fid(10, 31, 64)))
                .as("of a single one")
                .first()
                .asString()
                .startsWith("Nothing");
    }

    @Test
    void aSingleWarningOfTheLogIsQuoted() throws IOException {
        Files.writeString(folder.resolve("log.txt"), "2026-01-01 10:00:00 ERROR Batches: damaged\n");
        assertThat(all(steady(0)))
                .containsExactly("The log has 1 warning:", "2026-01-01 10:00:00 ERROR Batches: damaged");
        Files.writeString(folder.resolve("log.txt"), "2026-01-01 10:00:00 INFO Batches: WARN\n");
        assertThat(all(steady(0))).containsExactly("Nothing unusual was recorded.");
        Files.write(folder.resolve("log.txt"), new byte[] {(byte) 0xff, (byte) 0xfe, 10});
        assertThat(all(steady(0))).singleElement().asString().startsWith("The log could not be read: ");
    }
}
