package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.SafeTensorsFile;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PngFile;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A denoiser trained, written to a file of its own, and pictures restored by it. */
class DenoiserTest {
    private static final String RECIPE =
            """
            kind: denoiser
            name: small
            data: {size: 16}
            network: {widths: [16, 16, 16], blocks: [1, 1, 1]}
            training: {steps: 2, minutes: 0, batch: 4, warmup: 0, ema: [0.5], precision: fp32, workers: 1}
            """;

    @TempDir
    private static Path folder;

    private static String run;

    @BeforeAll
    static void train() throws IOException {
        Path recipe = Files.writeString(folder.resolve("small.yaml"), RECIPE);
        run = json("train", recipe.toString(), "--out", folder.resolve("runs").toString())
                .get("run")
                .asText();
    }

    private static JsonNode json(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Run run = Run.of(all.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.lastLine());
    }

    private static Path noisy(String name, int width, int height) throws IOException {
        byte[] pixels = new byte[3 * width * height];
        Rng rng = Rng.of(1);
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (60 + rng.nextInt(80));
        Path file = folder.resolve(name);
        PngFile.write(file, new Picture(width, height, 3, pixels));
        return file;
    }

    @Test
    void aRunAndItsFileRestoreAlike() throws IOException {
        Path image = noisy("noisy.png", 37, 21);
        String file = folder.resolve("small.safetensors").toString();
        JsonNode exported = json("export", run, "--to", file);
        assertThat(exported.get("step").asInt()).isEqualTo(2);
        assertThat(Run.of("export", run, "--to", file).exit())
                .as("not written over")
                .isEqualTo(2);
        Picture[] answers = new Picture[2];
        for (int i = 0; i < 2; i++) {
            Path out = folder.resolve("alike-" + i + ".png");
            JsonNode done = json(
                    "restore",
                    "denoise",
                    image.toString(),
                    "--method",
                    "denoiser",
                    "--denoiser",
                    i == 0 ? run : file,
                    "--sigma",
                    "25",
                    "--out",
                    out.toString());
            assertThat(done.get("method").asText()).isEqualTo("denoiser");
            answers[i] = PictureFile.read(out).colours();
        }
        assertThat(answers[0].width()).isEqualTo(37);
        for (int i = 0; i < answers[0].pixels().length; i++) // the file has half of the bits
        assertThat(Math.abs((answers[0].pixels()[i] & 0xFF) - (answers[1].pixels()[i] & 0xFF)))
                    .isLessThanOrEqualTo(1);
    }

    /** It goes on from the file of another; its run and its file fill holes alike, and change nothing else. */
    @Test
    void oneThatLearnedToFillHolesDoesSoFromItsRunAndFromItsFile() throws IOException {
        String begun = folder.resolve("begun.safetensors").toString();
        json("export", run, "--to", begun);
        String learned = json(
                        "train",
                        folder.resolve("small.yaml").toString(),
                        "--set",
                        "init.from=" + begun,
                        "--set",
                        "holes.share=1",
                        "--out",
                        folder.resolve("runs").toString())
                .get("run")
                .asText();
        String file = folder.resolve("holes.safetensors").toString();
        json("export", learned, "--to", file);
        try (SafeTensorsFile with = SafeTensors.open(Path.of(file));
                SafeTensorsFile without = SafeTensors.open(Path.of(begun))) {
            assertThat(with.header().metadata()).containsEntry("holes", "learned");
            assertThat(without.header().metadata()).doesNotContainKey("holes");
        }
        Path image = noisy("holed.png", 37, 21);
        byte[] white = new byte[37 * 21];
        for (int i = 0; i < white.length; i += 3) white[i] = -1;
        Path mask = folder.resolve("mask.png");
        PngFile.write(mask, new Picture(37, 21, 1, white));
        byte[] before = PictureFile.read(image).colours().pixels();
        byte[][] answers = new byte[3][];
        for (int i = 0; i < 3; i++) {
            Path out = folder.resolve("filled-" + i + ".png");
            List<String> command = new ArrayList<>(List.of("restore", "inpaint", image.toString(), "--mask"));
            command.addAll(List.of(mask.toString(), "--method", "denoiser", "--out", out.toString()));
            command.addAll(List.of(
                    "--denoiser", i == 0 ? learned : file, "--set", i == 2 ? "holes.passes=0" : "holes.passes=2"));
            json(command.toArray(String[]::new));
            answers[i] = PictureFile.read(out).colours().pixels();
        }
        int others = 0;
        for (int i = 0; i < before.length; i++) {
            if (white[i / 3] == 0) assertThat(answers[0][i]).isEqualTo(before[i]);
            assertThat(Math.abs((answers[0][i] & 0xFF) - (answers[1][i] & 0xFF)))
                    .isLessThanOrEqualTo(1);
            if (answers[1][i] != answers[2][i]) others++;
        }
        assertThat(others).as("a smooth filling leads elsewhere").isPositive();
    }

    @Test
    void whatIsNoDenoiserIsRefusedInOneSentence() throws IOException {
        Path image = noisy("other.png", 16, 16);
        String out = folder.resolve("out.png").toString();
        Path recipe = folder.resolve("small.yaml");
        for (String other : List.of(
                recipe.toString(), image.toString(), folder.resolve("none").toString())) {
            Run refused = Run.of(
                    "restore", "denoise", image.toString(), "--method", "denoiser", "--denoiser", other, "--out", out);
            assertThat(refused.exit()).as(refused.err()).isNotZero();
            assertThat(refused.err().lines().filter(line -> line.startsWith("calotype: ")))
                    .singleElement()
                    .asString()
                    .contains(Path.of(other).getFileName().toString());
        }
        assertThat(Path.of(out)).doesNotExist();
    }

    /** One of them is damaged, one is there already, and one is no picture. */
    @Test
    void aFolderIsRestoredAndGoesOnAndAFailureDoesNotStopIt() throws IOException {
        Path scans = Files.createDirectory(folder.resolve("scans"));
        for (String name : List.of("a.png", "c.png", "d.png")) Files.copy(noisy(name, 16, 16), scans.resolve(name));
        Files.write(scans.resolve("b.png"), new byte[] {1, 2, 3});
        Files.writeString(scans.resolve("notes.txt"), "no picture");
        Path clean = folder.resolve("clean");
        Files.createDirectory(clean);
        Files.writeString(clean.resolve("d.png"), "from an earlier time");
        Path page = folder.resolve("page.html");
        String[] command = {
            "restore",
            "denoise",
            scans.toString(),
            "--method",
            "tv",
            "--out",
            clean.toString(),
            "--report",
            page.toString(),
            "--json"
        };
        Run first = Run.of(command);
        assertThat(first.exit()).as(first.err()).isEqualTo(1);
        JsonNode done = new ObjectMapper().readTree(first.lastLine());
        assertThat(done.get("restored")).hasSize(2);
        assertThat(done.get("kept").asInt()).isEqualTo(1);
        assertThat(done.get("others").asInt()).isEqualTo(1);
        assertThat(done.get("failures"))
                .singleElement()
                .satisfies(failure -> assertThat(failure.get("image").asText()).endsWith("b.png"));
        assertThat(first.err()).contains("2 restored, 1 there already, 1 failed, 1 other files left alone");
        assertThat(clean.toFile().list()).containsExactlyInAnyOrder("a.png", "c.png", "d.png");
        assertThat(page).content().contains("2 pictures were restored, 1 were there already, 1 failed.", "b.png: ");
        assertThat(Files.readString(clean.resolve("d.png"))).isEqualTo("from an earlier time");
        Files.delete(scans.resolve("b.png"));
        JsonNode again = new ObjectMapper().readTree(Run.of(command).lastLine()); // goes on, and makes the page anew
        assertThat(again.get("restored")).isEmpty();
        assertThat(again.get("kept").asInt()).isEqualTo(3);
        Run over = Run.of("restore", "denoise", scans.toString(), "--method", "tv", "--out", scans.toString());
        assertThat(over.exit()).isEqualTo(2);
        assertThat(over.err()).contains("holds the pictures themselves");
    }
}
