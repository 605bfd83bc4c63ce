package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.judge.Measure;
import dev.calotype.judge.Score;
import dev.calotype.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands in a report is what stands in the files, each number at its own place. */
class ReportNumbersTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void record() throws IOException {
        Path noise = Files.createDirectories(folder.resolve("noise"));
        Files.writeString(
                noise.resolve("experiment.yaml"),
                "kind: diffusion\ndata: {size: 32}\ntraining: {steps: 40, minutes: 0, batch: 16}\n");
        Files.writeString(
                noise.resolve("statistics.jsonl"), statistics(20, 5, 0.9, 51, "") + statistics(40, 10, 0.25, 52, ""));
        Files.writeString(
                noise.resolve("milestones.jsonl"),
                milestone(20, 5, 0.8, 70, 3, 0.6) + milestone(40, 10, 0.3, 40, 2, 0.5));
        Files.writeString(
                noise.resolve("evaluation.json"),
                """
                {"generated":"made","against":"real","size":32,"network":"n","hash":"h","images":64,"realImages":65,
                 "fid":12.5,"kid":0.51,"kidLow":0.41,"kidHigh":0.61,"precision":0.71,"recall":0.21,"density":0.91,
                 "neighbourCoverage":0.31,"coverage":0.91,"evenCoverage":0.81,"seconds":2,"shares":{},"caveats":[]}
                """);
        Path game = Files.createDirectories(folder.resolve("game"));
        Files.writeString(game.resolve("experiment.yaml"), "kind: gan\ntraining: {steps: 40, minutes: 0, batch: 16}\n");
        String duel = ",\"game\":{\"generatorLoss\":%s,\"generatorNorm\":4,\"accuracy\":0.7,\"diversity\":0.6}";
        Files.writeString(
                game.resolve("statistics.jsonl"),
                statistics(20, 4, 1.3, 81, String.format(Locale.ROOT, duel, 2.2))
                        + statistics(40, 8, 1.1, 82, String.format(Locale.ROOT, duel, 2.5)));
        Files.writeString(
                game.resolve("milestones.jsonl"), milestone(20, 4, 33, 33, 5, 0.4) + milestone(40, 8, 66, 66, 6, 0.3));
    }

    private static String statistics(int step, int seconds, double loss, double speed, String game) {
        return String.format(
                java.util.Locale.ROOT,
                "{\"step\":%d,\"seconds\":%d,\"loss\":%s,\"gradientNorm\":7,\"learningRate\":0.002,\"imagesPerSecond\":%s,"
                        + "\"waitShare\":0.011,\"memoryMb\":901%s}%n",
                step,
                seconds,
                loss,
                speed,
                game);
    }

    private static String milestone(int step, int seconds, double validation, double fid, double kid, double recall) {
        return String.format(
                java.util.Locale.ROOT,
                "{\"step\":%d,\"seconds\":%d,\"validation\":%s,\"score\":{\"fid\":%s,\"kid\":%s,\"recall\":%s,"
                        + "\"precision\":0.9,\"coverage\":0.95,\"images\":64,\"network\":\"n\",\"hash\":\"h\"}}%n",
                step,
                seconds,
                validation,
                fid,
                kid,
                recall);
    }

    @Test
    void theFactsOfARunAreThoseOfItsFiles() throws IOException {
        Document page = RunReport.of(new RunDirectory(folder.resolve("noise")));
        assertThat(facts(page))
                .containsEntry("Steps", "40 of batch 16")
                .containsEntry("Training time", "10 seconds")
                .containsEntry("Images per second", "64.0")
                .containsEntry("Loss at the end", "0.2500")
                .containsEntry("Validation loss", "0.3000")
                .containsEntry("Waiting for data", "1.1 % of the time")
                .containsEntry("Memory", "901 MB at most")
                .containsEntry("FID", "12.500 (lower is better)")
                .containsEntry("KID", "0.5100, 95 % interval 0.4100 to 0.6100")
                .containsEntry("Precision / recall", "0.710 / 0.210 (1 is best)")
                .containsEntry("Density / coverage", "0.910 / 0.310")
                .containsEntry("Values shown", "91.0 %; at least half as often as they should: 81.0 %")
                .containsEntry("Compared with", "real, 65 images")
                .containsEntry("Generated", "64 images: made");
        assertThat(paragraphs(page))
                .anyMatch(text -> text.contains("71 % look like real ones")
                        && text.contains("(precision), and they cover 21 %")
                        && text.contains("is 12.50;"))
                .anyMatch(text ->
                        text.contains("40 steps, and 640 pictures seen") && text.contains("went from 0.900 to 0.250"));
    }

    @Test
    void theCurvesOfARunAreThoseOfItsFiles() throws IOException {
        Document page = RunReport.of(new RunDirectory(folder.resolve("noise")));
        assertCurve(page, "Loss", 0, 20, 0.9, 40, 0.25);
        assertCurve(page, "Validation loss of the averaged weights", 0, 20, 0.8, 40, 0.3);
        assertCurve(page, "FID over time (64 images)", 0, 20, 70, 40, 40);
        assertCurve(page, "Images per second", 0, 20, 51, 40, 52);
        assertCurve(page, "Gradient norm before clipping", 0, 20, 7, 40, 7);
        assertCurve(page, "Learning rate", 0, 20, 0.002, 40, 0.002);
    }

    @Test
    void aGameHasTwoLossesUnderTheirNamesAndNoValidationLoss() throws IOException {
        Document page = RunReport.of(new RunDirectory(folder.resolve("game")));
        assertThat(facts(page))
                .containsEntry("Loss of the discriminator at the end", "1.1000")
                .containsEntry("Loss of the generator at the end", "2.5000")
                .doesNotContainKeys("Loss at the end", "Validation loss");
        assertThat(paragraphs(page))
                .anyMatch(text -> text.contains("The loss of the discriminator went from 1.300 to 1.100, that of the"
                        + " generator from 2.200 to 2.500."))
                .noneMatch(text -> text.contains("mean error of its guesses"));
        assertThat(chart(page, "Losses of the game").series())
                .extracting(LineChart.Series::name)
                .containsExactly("discriminator", "generator");
        assertCurve(page, "Losses of the game", 0, 20, 1.3, 40, 1.1);
        assertCurve(page, "Losses of the game", 1, 20, 2.2, 40, 2.5);
        assertThat(charts(page)).extracting(LineChart::title).doesNotContain("Validation loss of the averaged weights");
        assertThat(notes(page))
                .noneMatch(note -> note.toLowerCase(java.util.Locale.ROOT).contains("validation loss"))
                .anyMatch(note -> note.equals(
                        "The FID of 64 images was lowest at step 20, 33.00, and is 66.00 at the end: look at"
                                + " the samples of both."));
    }

    @Test
    void recipesAreComparedAgainstTheClockByTheScoreOfEachTitle() throws IOException {
        Map<String, RunDirectory> runs = new LinkedHashMap<>();
        for (String name : List.of("noise", "game")) runs.put(name, new RunDirectory(folder.resolve(name)));
        Document page = new Document("both").charts(RecipeCurves.of(runs));
        assertCurve(page, "FID", 0, 5, 70, 10, 40);
        assertCurve(page, "FID", 1, 4, 33, 8, 66);
        assertCurve(page, "KID", 0, 5, 3, 10, 2);
        assertCurve(page, "Recall", 1, 4, 0.4, 8, 0.3);
        assertCurve(page, "Values shown", 0, 5, 0.95, 10, 0.95);
        assertCurve(page, "Images per second", 1, 4, 81, 8, 82);
        assertCurve(page, "Losses of noise", 0, 5, 0.9, 10, 0.25);
        assertCurve(page, "Losses of noise", 1, 5, 0.8, 10, 0.3);
        assertCurve(page, "Losses of game", 0, 4, 1.3, 8, 1.1);
        assertCurve(page, "Losses of game", 1, 4, 2.2, 8, 2.5);
        assertThat(chart(page, "Losses of noise").series())
                .extracting(LineChart.Series::name)
                .containsExactly("training", "validation");
        assertThat(chart(page, "Losses of game").series()).hasSize(2);
    }

    @Test
    void runsSideBySideHaveTheirOwnNumbers() throws IOException {
        Document page = new Document("both");
        Comparison.addTo(
                page, List.of(new RunDirectory(folder.resolve("noise")), new RunDirectory(folder.resolve("game"))));
        Block.Table table = page.blocks().stream()
                .filter(Block.Table.class::isInstance)
                .map(Block.Table.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(table.heads())
                .containsExactly(
                        "run",
                        "data",
                        "px",
                        "steps",
                        "minutes",
                        "images/s",
                        "loss",
                        "FID",
                        "KID",
                        "KID from",
                        "KID to",
                        "precision",
                        "recall",
                        "density",
                        "neighbour coverage",
                        "values shown",
                        "values shown evenly");
        assertThat(table.rows().get(0).stream().map(Block.Cell::text))
                .containsExactly(
                        "noise",
                        "rooms:train",
                        "32",
                        "40",
                        "0.2",
                        "64.0",
                        "0.2500",
                        "12.50",
                        "0.5100",
                        "0.4100",
                        "0.6100",
                        "0.7100",
                        "0.2100",
                        "0.9100",
                        "0.3100",
                        "0.9100",
                        "0.8100");
        assertThat(table.rows().get(1).stream().map(Block.Cell::text))
                .endsWith("40", "0.1", "80.0", "1.1000", "–", "–", "–", "–", "–", "–", "–", "–", "–", "–");
    }

    /** A measure that nobody has thought of yet needs no more than its scores. */
    @Test
    void whateverRunsWereJudgedByIsToldInTheOrderInWhichItIsDeclared() throws IOException {
        Path run = folder.resolve("noise"), game = folder.resolve("game");
        Files.writeString(
                run.resolve("evaluation.json"),
                "{\"network\":\"n\",\"hash\":\"h\",\"fid\":3,\"toy\":{\"distance\":0.125}}");
        Files.writeString(game.resolve("evaluation.json"), "{\"network\":\"n\",\"hash\":\"h\",\"fid\":4}");
        Files.writeString(
                game.resolve("milestones.jsonl"),
                "{\"step\":20,\"seconds\":4,\"validation\":1,\"score\":{\"toy\":{\"distance\":7}}}\n");
        List<Score> known = new ArrayList<>(List.of(toy("toy-distance", "toy distance", "toy.distance")));
        known.addAll(Measure.scores());
        known.add(toy("silent", "never measured", "silent"));
        Document page = new Document("both");
        Comparison.addTo(page, List.of(new RunDirectory(run), new RunDirectory(game)), known);
        Block.Table table = (Block.Table) page.blocks().get(1);
        assertThat(table.heads().subList(7, table.heads().size())).containsExactly("toy distance", "FID");
        assertThat(table.rows())
                .extracting(row -> row.subList(7, row.size()).stream()
                        .map(Block.Cell::text)
                        .toList())
                .containsExactly(List.of("0.1250", "3.000"), List.of("–", "4.000"));
        Map<String, RunDirectory> runs = new LinkedHashMap<>();
        runs.put("noise", new RunDirectory(run));
        runs.put("game", new RunDirectory(game));
        Document curves = new Document("curves").charts(RecipeCurves.of(runs, known));
        assertCurve(curves, "Toy distance", 1, 4, 7);
        assertThat(charts(curves))
                .extracting(LineChart::title)
                .startsWith("Toy distance", "FID")
                .doesNotContain("Never measured");
    }

    private static Score toy(String name, String title, String key) {
        return new Score(name, title, Score.Better.LOWER, scores -> scores.number(key));
    }

    private static Map<String, String> facts(Document page) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Block block : page.blocks()) if (block instanceof Block.Facts facts) all.putAll(facts.rows());
        return all;
    }

    private static List<String> paragraphs(Document page) {
        List<String> all = new ArrayList<>();
        for (Block block : page.blocks()) if (block instanceof Block.Paragraph paragraph) all.add(paragraph.text());
        return all;
    }

    private static List<String> notes(Document page) {
        List<String> all = new ArrayList<>();
        for (Block block : page.blocks()) if (block instanceof Block.Note note) all.add(note.text());
        return all;
    }

    private static List<LineChart> charts(Document page) {
        List<LineChart> all = new ArrayList<>();
        for (Block block : page.blocks()) if (block instanceof Block.Charts charts) all.addAll(charts.charts());
        return all;
    }

    private static LineChart chart(Document page, String title) {
        return charts(page).stream()
                .filter(chart -> chart.title().equals(title))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no chart " + title));
    }

    /** A curve has exactly the points (x, y), ... */
    private static void assertCurve(Document page, String title, int curve, double... points) {
        List<double[]> found = chart(page, title).series().get(curve).points();
        assertThat(found).as(title).hasSize(points.length / 2);
        for (int i = 0; i < found.size(); i++)
            assertThat(found.get(i))
                    .as(title)
                    .containsExactly(new double[] {points[2 * i], points[2 * i + 1]}, within(1e-9));
    }
}
