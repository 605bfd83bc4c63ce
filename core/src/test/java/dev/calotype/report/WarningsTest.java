package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Recipe;
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
}
