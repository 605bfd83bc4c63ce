package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.OutputFile.Existing;
import dev.calotype.restoration.FolderRestoration;
import dev.calotype.restoration.PictureRestoration.Done;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureReportTest {
    @TempDir
    private Path folder;

    private Path even(String name, int width, int level) throws IOException {
        byte[] pixels = new byte[width * 30];
        Arrays.fill(pixels, (byte) level);
        Path file = folder.resolve(name);
        PngFile.write(file, new Picture(width, 30, 1, pixels));
        return file;
    }

    private Done done(Path out, int width, double sigma) {
        return new Done(
                out.toString(),
                "tv",
                "as <asked> for",
                width,
                30,
                1,
                8,
                false,
                sigma,
                true,
                45,
                4,
                2,
                3,
                3,
                0,
                0,
                true,
                20,
                10,
                "a measure",
                1.25,
                false);
    }

    @Test
    void ofAFolderThereIsOnePageWithARowForEachPicture() throws IOException {
        Path scans = Files.createDirectories(folder.resolve("scans"));
        Files.copy(even("in.png", 300, 100), scans.resolve("a.png"));
        Files.copy(even("in2.png", 40, 100), scans.resolve("b.gif")); // what it is called does not matter
        Done first = done(even("a.png", 300, 110), 300, 12.5), second = done(even("b.gif.png", 40, 110), 40, 0);
        var failure = new FolderRestoration.Failure(scans.resolve("c.jpg").toString(), "it is <damaged>");
        var all = new FolderRestoration.Done(folder.toString(), List.of(first, second), 3, 0, List.of(failure), false);
        Path page = folder.resolve("report.html");
        new FolderReport(scans, all).write(page);
        assertThat(page)
                .content()
                .contains(
                        "scans, restored",
                        "2 pictures were restored, 3 were there already, 1 failed.",
                        "c.jpg: it is &lt;damaged&gt;",
                        "sigma 12.5, estimated",
                        "40 x 30",
                        "a.png before",
                        "b.gif.png after")
                .doesNotContain("The first");
        var none = new FolderRestoration.Done(folder.toString(), List.of(), 3, 0, List.of(), false);
        new FolderReport(scans, none).write(folder.resolve("report.md"));
        assertThat(folder.resolve("report.md"))
                .content()
                .contains("0 pictures were restored, 3 were there already, 0 failed.")
                .doesNotContain("Before and after");
    }

    @Test
    void theReportTellsWhatWasDoneAndAssumedAndHowFarTheTruthIs() throws IOException {
        Path in = even("in.png", 300, 100), out = even("out.png", 300, 110), truth = even("truth.png", 300, 115);
        PictureReport report = PictureReport.of(in, done(out, 300, 12.5), truth);
        assertThat(report.gain()).hasToString("Optional[34.15 dB, of the input 24.61 dB]"); // off by 5 and by 15
        Path page = folder.resolve("report.html");
        report.write(page);
        assertThat(page)
                .content()
                .contains(
                        "in.png, restored",
                        "Better than the input: error about 10.0 levels",
                        "tv, as &lt;asked&gt; for",
                        "sigma 12.5 of 255, estimated from the picture",
                        "45 (0.50 %)",
                        "4, of which 2 were restored",
                        "<td>1.3</td>",
                        "34.15 dB, of the input 24.61 dB",
                        "Where most has changed",
                        "after, as it is");
        report.write(folder.resolve("report.md"));
        assertThat(folder.resolve("report.md")).content().contains("in.png, restored", "before, as it is");
    }

    @Test
    void withoutNoiseAndTruthNeitherIsClaimed() throws IOException {
        Path in = even("in.png", 100, 100), out = even("out.png", 200, 110);
        PictureReport report = PictureReport.of(in, done(out, 200, 0), null);
        assertThat(report.gain()).isEmpty();
        Path page = folder.resolve("report.html");
        report.write(page);
        assertThat(page).content().contains("<td>none</td>").doesNotContain("truth", "Where most has changed");
        PictureReport larger = PictureReport.of(in, done(out, 200, 0), even("truth.png", 200, 110));
        assertThat(larger.gain().orElseThrow().before()).isNaN();
        assertThat(larger.gain().orElseThrow().after()).isInfinite();
    }

    @Test
    void whatCannotBeWrittenOrComparedIsRefused() throws IOException {
        Path in = even("in.png", 300, 100), out = even("out.png", 300, 110);
        assertThatThrownBy(() -> PictureReport.of(in, done(out, 300, 1), even("truth.png", 200, 1)))
                .hasMessageContaining("200 x 30 pixels, the answer 300 x 30: they must be the same");
        assertThatThrownBy(() -> PictureReport.require(folder.resolve("a.pdf"), Existing.REFUSE))
                .hasMessageStartingWith("a report is written to .html or .md: ");
        Path there = Files.writeString(folder.resolve("a.html"), "mine");
        assertThatThrownBy(() -> PictureReport.require(there, Existing.REFUSE))
                .hasMessageContaining("is there already");
    }

    @Test
    void thePartThatChangedMostIsShown() throws IOException {
        byte[] before = new byte[600 * 600], after = new byte[600 * 600];
        for (int y = 400; y < 420; y++) Arrays.fill(after, y * 600 + 450, y * 600 + 470, (byte) 200);
        Path in = folder.resolve("in.png"), out = folder.resolve("out.png");
        PngFile.write(in, new Picture(600, 600, 1, before));
        PngFile.write(out, new Picture(600, 600, 1, after));
        PictureReport.of(in, done(out, 600, 1), null).write(folder.resolve("r.md"));
        List<Integer> lit = new ArrayList<>();
        try (var files = Files.walk(folder)) {
            for (Path file :
                    (Iterable<Path>) files.filter(each -> each.toString().endsWith(".png"))::iterator) {
                Picture shown = ImageFiles.decode(file, 1);
                int count = 0;
                for (byte pixel : shown.pixels()) if (pixel != 0) count++;
                if (shown.width() == 256) lit.add(count);
            }
        }
        assertThat(lit).containsExactlyInAnyOrder(0, 400);
    }
}
