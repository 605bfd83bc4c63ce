package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.app.MainTest.Run;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that sample wrote are drawn again from what they say. */
class ReproduceCommandTest {
    private static final String RECIPE =
            """
            name: small
            data: {source: "%s", size: 8}
            network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32, patch: 4}
            process: {steps: 20, parameterization: velocity}
            training: {steps: 1, minutes: 0, batch: 4, workers: 1, precision: fp32, ema: [0.9]}
            sampling: {steps: 4}
            """;

    @TempDir
    private static Path folder;

    private static Path runs;

    @BeforeAll
    static void train() throws IOException {
        runs = folder.resolve("runs");
        Path pictures = Files.createDirectories(folder.resolve("pictures"));
        for (int i = 0; i < 5; i++) {
            byte[] pixels = new byte[3 * 8 * 8];
            for (int k = 0; k < pixels.length; k++) pixels[k] = (byte) (i * 40 + k);
            PngFile.write(pictures.resolve(i + ".png"), new Picture(8, 8, 3, pixels));
        }
        Path recipe = Files.writeString(folder.resolve("small.yaml"), String.format(Locale.ROOT, RECIPE, pictures));
        Run run = Run.of("train", recipe.toString(), "--out", runs.toString());
        assertThat(run.exit()).as(run.err()).isZero();
    }

    private static Run reproduce(Path file, Path models) {
        return Run.of(
                "reproduce",
                file.toString(),
                "--models",
                models.toString(),
                "--out",
                folder.resolve("again.png").toString());
    }

    private static Path sampled(String name, String... options) {
        Path out = folder.resolve(name);
        String[] all = new String[options.length + 4];
        System.arraycopy(
                new String[] {"sample", runs.resolve("small-001").toString(), "--out", out.toString()}, 0, all, 0, 4);
        System.arraycopy(options, 0, all, 4, options.length);
        assertThat(Run.of(all).exit()).isZero();
        return out;
    }

    @Test
    void singlePicturesAndSheetsAreDrawnAgainToTheBit() throws IOException {
        Path singles = sampled("singles", "-n", "3", "--seed", "7", "--sampler", "dpm++", "--steps", "5");
        Path last = singles.resolve("000002.png");
        Run run = reproduce(last, runs);
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).contains("The same to the bit");
        assertThat(ImageFiles.decode(folder.resolve("again.png"), 3)).isEqualTo(ImageFiles.decode(last, 3));
        assertThat(PngFile.text(folder.resolve("again.png"))).isEqualTo(PngFile.text(last));
        Path sheet = sampled("sheet.png", "-n", "5", "--seed", "8");
        assertThat(reproduce(sheet, runs).exit()).isZero();
    }

    @Test
    void whatIsNotTheSameIsTold() throws IOException {
        Path sheet = sampled("other.png", "-n", "1");
        Picture picture = ImageFiles.decode(sheet, 3);
        picture.pixels()[0] ^= 1;
        Path changed = folder.resolve("changed.png");
        PngFile.write(changed, picture, PngFile.text(sheet));
        Run run = reproduce(changed, runs);
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("1 pixels are not the same");
    }

    @Test
    void aPictureWhoseModelIsNotThereOrThatSaysNothingIsRefused() throws IOException {
        Path sheet = sampled("third.png", "-n", "1");
        Run lost = reproduce(sheet, Files.createDirectories(folder.resolve("empty")));
        assertThat(lost.exit()).isEqualTo(2);
        assertThat(lost.err()).contains("there is no model here with the weights");
        Path silent = folder.resolve("silent.png");
        PngFile.write(silent, ImageFiles.decode(sheet, 3), Map.of());
        Run dumb = reproduce(silent, runs);
        assertThat(dumb.exit()).isEqualTo(2);
        assertThat(dumb.err()).contains("does not say how it was made");
        Run nowhere = Run.of(
                "reproduce",
                sheet.toString(),
                "--models",
                runs.toString(),
                "--out",
                folder.resolve("absent").resolve("again.png").toString());
        assertThat(nowhere.exit()).as(nowhere.err()).isEqualTo(2);
        Run nothing = reproduce(folder.resolve("nothing.png"), runs);
        assertThat(nothing.exit()).isEqualTo(2);
        assertThat(nothing.err()).contains("there is no file").doesNotContain("unexpected");
        Path way = folder.resolve("way.png");
        String model = runs.resolve("small-001").toString();
        assertThat(Run.of("interpolate", model, "--seeds", "1,2", "--out", way.toString())
                        .exit())
                .isZero();
        Run walked = reproduce(way, runs);
        assertThat(walked.exit()).isEqualTo(2);
        assertThat(walked.err()).contains("shows the way between two pictures: ways are not drawn again");
        Path studio = folder.resolve("of a studio.png");
        String told = "{\"type\":\"draw\",\"request\":{\"model\":\"small-002\",\"seed\":1},\"made\":{}}";
        PngFile.write(studio, ImageFiles.decode(sheet, 3), Map.of("calotype", told));
        Run absent = reproduce(studio, runs);
        assertThat(absent.exit()).isEqualTo(2);
        assertThat(absent.err()).contains("there is no model small-002");
    }
}
