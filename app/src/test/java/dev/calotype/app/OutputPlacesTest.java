package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.app.MainTest.Run;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where nothing can be written is told before anything is opened or computed, and no input is written over. */
class OutputPlacesTest {
    @TempDir
    private Path folder;

    private Path picture(String name, int shade) throws IOException {
        byte[] pixels = new byte[16 * 16 * 3];
        Arrays.fill(pixels, (byte) shade);
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        PngFile.write(file, new Picture(16, 16, 3, pixels), Map.of());
        return file;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sample nosuch --out x.png/",
                "restore denoise nosuch.jpg --out x.TIF//",
                "report nosuch --out r.html/",
                "embed nosuch --model nosuch --out e.npy/",
                "evaluate nosuch --against nosuch --save-statistics s.npz/",
                "reproduce nosuch.png --out x.png/"
            })
    void aFileThatEndsLikeAFolderIsRefused(String line) {
        assertRefused(" must not end in / where it is named as a file: ", (Object[]) line.split(" "));
    }

    @Test
    void aFolderOfThatNameIsOne() throws IOException {
        Files.createDirectories(folder.resolve("x.png"));
        assertRefused(": it is a folder", "sample", folder.resolve("nosuch"), "--out", folder.resolve("x.png") + "/");
    }

    private void assertRefused(String sentence, Object... words) {
        String[] arguments = new String[words.length];
        for (int i = 0; i < words.length; i++) arguments[i] = words[i].toString();
        Run run = Run.of(arguments);
        assertThat(run.exit()).as(run.err()).isNotZero();
        assertThat(run.err().lines().toList()).last().asString().contains(sentence);
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evaluate nosuch --against nosuch --csv nodir/a.csv",
                "evaluate nosuch --save-statistics nodir/a.npz",
                "classify nosuch nosuch.png --attention nodir/a.png",
                "embed nosuch --model nosuch --out nodir/e.npy",
                "report nosuch --out nodir/r.html",
                "sample nosuch --out nodir/a.png",
                "imagine nosuch words --out nodir/a.npz",
                "variations nosuch nosuch.png --out nodir/a.png",
                "interpolate nosuch --seeds 1,2 --out nodir/a.png",
                "interpolate nosuch --pictures a.png,b.png --out nodir/a.png",
                "average nosuch --length 0.1 --out nodir/a.safetensors",
                "optimize nosuch --out nodir/a.safetensors",
                "adapters merge nosuch --out nodir/a.safetensors",
                "judge export nosuch --out nodir/a.safetensors",
                "data preview nosuch --out nodir/a.png",
                "data inspect nosuch --strip nodir/a.png"
            })
    void aFolderThatIsNotThereIsToldFirst(String line) {
        assertRefused("there is no folder", (Object[]) line.split(" "));
    }

    @Test
    void noInputIsWrittenOver() throws IOException {
        Path mine = picture("photos/0.png", 1);
        byte[] before = Files.readAllBytes(mine);
        assertRefused("is the input", "classify", "nosuch", mine, "--attention", mine);
        assertRefused("is the input", "data", "preview", mine, "--out", mine);
        assertRefused("lies among the inputs", "data", "preview", mine.getParent(), "--out", mine);
        Path below = Files.createDirectories(folder.resolve("photos/sub")).resolve("new.png");
        assertRefused("lies among the inputs", "data", "preview", mine.getParent(), "--out", below);
        assertRefused("lies among the inputs", "data", "inspect", mine.getParent(), "--strip", below);
        assertThat(mine).hasBinaryContent(before);
        assertThat(below).doesNotExist();
    }

    @Test
    void aReportIsOfTheKindThatItsNameEndsIn() throws IOException {
        Path keep = picture("keep.png", 1);
        byte[] before = Files.readAllBytes(keep);
        assertRefused("a report is written to .html or .md", "report", "nosuch", "--out", keep);
        assertThat(keep).hasBinaryContent(before);
        Path page = folder.resolve("page.md");
        assertRefused("--out must end in .html for --format html", "report", "x", "--format", "html", "--out", page);
    }

    @Test
    void aPreviewShowsNoPictureTwice() throws IOException {
        picture("photos/0.png", 1);
        picture("photos/1.png", 2);
        Path photos = folder.resolve("photos"), out = folder.resolve("preview.png");
        Run run = Run.of("data", "preview", photos.toString(), "--size", "8", "--out", out.toString());
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(PictureFile.read(out).colours().width()).isEqualTo(18);
        assertRefused("8..1024", "data", "preview", photos, "--size", "5000", "--out", out);
    }
}
