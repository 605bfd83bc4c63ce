package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.AnyScript;
import dev.calotype.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir
    private Path folder;

    private Path run;
    private Path sweep;
    private Path study;

    @BeforeEach
    void record() throws IOException {
        run = Records.run(folder.resolve("a <run>-001"));
        sweep = Records.sweep(folder);
        study = Records.study(folder);
    }

    @Test
    void aRunIsOneFileThatNeedsNothingElse() throws IOException {
        String html = Files.readString(Report.write(RunDirectory.open(run)));
        assertThat(html)
                .contains(
                        "<h1>a &lt;run&gt;-001</h1>",
                        "data:image/png;base64,",
                        "FID over time (64 images)",
                        "Validation loss",
                        "kind: diffusion",
                        "straight line (lerp)",
                        "The gradient norm rose to",
                        "The log has 1 warning:",
                        "The training is not finished")
                .doesNotContain("<script", "<run>", "url(")
                .doesNotContainPattern("(src|href)=\"(?!data:)");
    }

    @Test
    void samplesNamedInOtherDigitsAreShownInTheirOrder() throws IOException {
        AnyScript.assume();
        String html = Files.readString(Report.write(RunDirectory.open(run)));
        assertThat(html).contains("step 300");
        Files.move(run.resolve("samples/step-00000300.png"), run.resolve("samples/step-۰۰۰۰۰۳۰۰.png"));
        assertThat(Files.readString(Report.write(RunDirectory.open(run)))).isEqualTo(html);
    }

    @Test
    void theReportOfAGanShowsTheMomentAtWhichItCollapsed() throws IOException {
        Path game = Records.game(folder.resolve("game-001"));
        String html = Files.readString(Report.write(RunDirectory.open(game)));
        assertThat(html)
                .contains(
                        "What went wrong, and when",
                        "Step 20, after 40 seconds, collapse: the generator collapses.",
                        "Coarse diversity, real images 1",
                        "Likeness of two drawn images (MS-SSIM)",
                        "Distance of two images in features",
                        "class=\"moment\"");
        Files.delete(game.resolve("incidents.jsonl"));
        assertThat(Files.readString(Report.write(RunDirectory.open(game))))
                .contains("No collapse, divergence or victory of the discriminator was noticed.")
                .doesNotContain("class=\"moment\"", "What went wrong");
    }

    @Test
    void aSweepWhoseSeedsTellNothingApartCrownsNone() throws IOException {
        String html = Files.readString(Report.write(sweep, ReportFormat.HTML));
        assertThat(html)
                .contains(
                        "<h2>What can be concluded</h2>",
                        "No cell is told apart from all others",
                        "<td>9.000 ± 0.000</td>",
                        "<h2>The trainings themselves</h2>",
                        "/report.html\">4 seed 0</a>",
                        "<h2>Trainings</h2>",
                        "FID by sampling.steps",
                        "<h3>8</h3>",
                        "<figcaption>sampling.steps 20</figcaption>",
                        "Failed: 8, seed 1: the loss diverges")
                .doesNotContain("<h2>All cells</h2>", "class=\"best\"", "<h2>The best</h2>")
                .containsOnlyOnce("<td>5 ± 0</td>"); // a training stands once, not once for each sampling
    }

    @Test
    void aStudyShowsTheTableTheWayThereAndPicturesSideBySide() throws IOException {
        String html = Files.readString(Report.write(study, ReportFormat.HTML));
        assertThat(html)
                .contains(
                        "<h1>ways &lt;to&gt; restore</h1>",
                        "Highest PSNR for gaussian:25: dip with a long name",
                        "<th>against tv</th>",
                        "+3.10 dB, 4 of 4, p 0.1250",
                        "Failed: dip with a long name on boat, down:4, seed 1: no memory",
                        "house, the truth",
                        "gaussian:25, 20.20 dB",
                        "The oracle knows the truth",
                        "<svg")
                .doesNotContainPattern("(src|href)=\"(?!data:)");
        assertThat(html.split("<figure>"))
                .as("two pictures, two degradations, truth, seen and three methods")
                .hasSize(1 + 4 * 5);
    }

    @Test
    void markdownHasItsPicturesBesideIt() throws IOException {
        Path out = Report.write(List.of(run, sweep), ReportFormat.MD, folder.resolve("page.md"));
        String text = Files.readString(out);
        assertThat(text)
                .startsWith("# 2 experiments compared\n")
                .contains(
                        "## a &lt;run>-001", "### Judgement", "](page-files/001.png)", "| 9.000 ± 0.000 |", "```yaml\n")
                .doesNotContain("base64");
        assertThat(text)
                .containsPattern(
                        "\\| step 300, 5.0 minutes \\| step 600, 10.0 minutes \\| step 900, 15.0 minutes \\|\n\\|---\\|---\\|---\\|\n\\| !\\[");
        assertThat(folder.resolve("page-files/001.png")).exists();
        assertThat(Files.readString(folder.resolve("page-files/003.svg"))).contains("<svg xmlns", "<style>", ".curve");
    }

    @Test
    void severalRunsAreComparedAndNoneIsCrowned() throws IOException {
        Path other = Records.run(folder.resolve("other"));
        RunDirectory directory = RunDirectory.open(other);
        rewrite(directory, "12.5", "11.5");
        Path out = folder.resolve("both.html");
        assertThat(Files.readString(Report.write(List.of(run, other), ReportFormat.HTML, out)))
                .contains(
                        "Judged by",
                        "<td>11.5</td>".replace("11.5", "11.50"),
                        "<td>12.50</td>",
                        "none is called the best",
                        "<a href=\"a%20%3Crun%3E-001\">")
                .doesNotContain("class=\"best\"");
        rewrite(directory, "\"h\"", "\"g\"");
        assertThat(Files.readString(Report.write(List.of(run, other), ReportFormat.HTML, out)))
                .contains("their scores do not compare")
                .doesNotContain("class=\"best\"");
    }

    private static void rewrite(RunDirectory run, String from, String to) throws IOException {
        Files.writeString(
                run.evaluationFile(), Files.readString(run.evaluationFile()).replace(from, to));
    }

    @Test
    void aFolderThatIsNeitherIsSaidToBeNone() {
        assertThatThrownBy(() -> Report.write(folder, ReportFormat.HTML))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a run");
    }
}
