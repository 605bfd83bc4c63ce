package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny model through every command, as a stranger would use them. */
@Tag("slow")
class EndToEndTest {
    private static final String TINY =
            """
            name: tiny
            data: {source: "rooms:train", size: 32}
            network: {channels: 32, multipliers: [1], blocks: 1, attention: [], patch: 4}
            process: {steps: 20, parameterization: velocity}
            training: {steps: 6, minutes: 0, batch: 4, workers: 1, precision: fp32, warmup: 1, checkpointSeconds: 1000}
            sampling: {method: ddim, steps: 3}
            evaluation: {images: 64}
            """;

    private static final String GAME =
            """
            kind: gan
            name: game
            data: {source: "rooms:train", size: 32}
            network: {generator: {latent: 4, width: 4}, discriminator: {width: 4}}
            training: {steps: 3, minutes: 0, batch: 4, workers: 1, precision: fp32, ema: [0.9], checkpointSeconds: 1000}
            evaluation: {images: 128, duringTraining: 128}
            """;

    private static final String STYLES =
            """
            kind: gan
            name: styles
            data: {source: "rooms:train", size: 32}
            network: {architecture: stylegan2, latent: 8, style: 8, mapping: 2, base: 128, widest: 8}
            game: {penaltyEvery: 2, pathLengthEvery: 2}
            training: {steps: 4, minutes: 0, batch: 4, workers: 1, precision: fp32, checkpointSeconds: 1000}
            evaluation: {images: 64, duringTraining: 64}
            """;

    @TempDir
    private Path folder;

    @Test
    void theQuickstartEndsInAReportAndOneJsonObject() throws Exception {
        JsonNode result = json("quickstart", "--recipe", recipe(), "--out", folder.toString());
        assertThat(result.fieldNames())
                .toIterable()
                .contains("run", "fid", "kid", "coverage", "images_per_second", "seconds");
        assertThat(result.get("fid").asDouble()).isPositive();
        assertThat(result.get("coverage").asDouble()).isBetween(0.0, 1.0);
        assertThat(Files.readString(Path.of(result.get("report").asText())))
                .contains("data:image/png;base64,", "<svg", "FID", "kind: diffusion");
    }

    @Test
    void aTrainedModelCanBeSampledInterpolatedJudgedAndInspected() throws Exception {
        JsonNode trained = json("train", recipe(), "--out", folder.toString());
        String run = trained.get("run").asText();
        assertThat(trained.get("step").asInt()).isEqualTo(6);
        assertThat(trained.get("finished").asBoolean()).isTrue();

        Path grid = folder.resolve("grid.png");
        json("sample", run, "-n", "5", "--out", grid.toString());
        assertThat(ImageIO.read(grid.toFile()).getWidth()).isEqualTo(3 * 32 + 2 * 2);
        json(
                "sample",
                run,
                "-n",
                "3",
                "--sampler",
                "dpm++",
                "--steps",
                "4",
                "--out",
                folder.resolve("single").toString());
        assertThat(folder.resolve("single").toFile().list()).hasSize(3);
        String single = folder.resolve("single").toString();
        refused(single + " has 3 images from before", "sample", run, "-n", "2", "--out", single);
        refused("eta is of the sampler ddim", "sample", run, "--sampler", "heun", "--eta", "1", "--out", "x");
        refused("guidance needs a model with classes", "sample", run, "--guidance", "2", "--out", "x");
        refused("has no classes", "sample", run, "--class", "1", "--out", "x");
        refused("truncation", "sample", run, "--truncation", "0.5", "--out", "x");
        refused("must end in .png, .jpg, .webp or .tif", "sample", run, "-n", "2", "--out", single + ".gif");
        String written = "a picture is written to .png, .jpg, .jpeg, .webp, .tif or .tiff: " + single + ".avif";
        refused(written, "interpolate", run, "--seeds", "1,2", "--out", single + ".avif");
        refused(written, "data", "preview", "rooms", "-n", "1", "--out", single + ".avif");
        refused(written, "restore", "denoise", grid.toString(), "--out", single + ".avif");
        Run again = Run.of("train", "--resume", run);
        assertThat(again.exit()).isZero();
        assertThat(again.err())
                .contains("has reached its 6 steps", "calotype train --resume " + run + " --set training.steps=12")
                .doesNotContain("NaN", "Done after");

        Path path = folder.resolve("path.png");
        json("interpolate", run, "--seeds", "1,2", "--frames", "4", "--out", path.toString());
        assertThat(ImageIO.read(path.toFile()).getWidth()).isEqualTo(4 * 32 + 3 * 2);

        JsonNode bits = json("nll", run, "--data", "rooms:test", "-n", "4", "--steps", "5");
        assertThat(bits.get("bits_per_dim").asDouble()).isBetween(0.0, 30.0);

        JsonNode judged = json("evaluate", run, "-n", "64");
        assertThat(judged.get("kid_low").asDouble())
                .isLessThan(judged.get("kid_high").asDouble());
        assertThat(judged.get("hash").asText()).hasSize(16);
        assertThat(Run.of("evaluate", run, "-n", "20").exit()).isEqualTo(2);
        JsonNode both = json("evaluate", "rooms:test", "--against", run, "-n", "64", "--metrics", "kid");
        assertThat(both.get("size").asInt()).isEqualTo(32);
        assertThat(Run.of("evaluate", "rooms:test", "--against", run, "--metrics", "psnr")
                        .err())
                .contains("which what a model draws does not have");
        assertThat(both.has("fid")).isFalse();

        Path checkpoint = Path.of(run, "checkpoints", "step-00000006.safetensors");
        JsonNode listed = json("inspect", checkpoint.toString());
        assertThat(listed.get("tensors").size()).isGreaterThan(50);
        assertThat(json("inspect", run.toString())).isEqualTo(listed);
        assertThat(Run.of("report", run).exit()).isZero();
        assertThat(json("train", "--resume", run).get("weights")).isEqualTo(trained.get("weights"));
        assertThat(json("train", "--resume", run, "--set", "training.steps=7")
                        .get("step")
                        .asInt())
                .isEqualTo(7);
    }

    private static void refused(String reason, String... arguments) {
        Run refused = Run.of(arguments);
        assertThat(refused.exit()).as(refused.err()).isEqualTo(2);
        assertThat(refused.err()).contains(reason);
    }

    @Test
    void aTrainedGanCanBeSampledInterpolatedJudgedAndInspected() throws Exception {
        String recipe = Files.writeString(folder.resolve("game.yaml"), GAME).toString();
        String run =
                json("train", recipe, "--out", folder.toString()).get("run").asText();

        Path grid = folder.resolve("grid.png");
        assertThat(json("sample", run, "-n", "5", "--out", grid.toString())
                        .get("images")
                        .asInt())
                .isEqualTo(5);
        assertThat(ImageIO.read(grid.toFile()).getWidth()).isEqualTo(3 * 32 + 2 * 2);
        Run refused = Run.of("sample", run, "--steps", "4", "--out", grid.toString());
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).contains("steps is of diffusion models; game is a gan");

        Path path = folder.resolve("path.png");
        json("interpolate", run, "--seeds", "1,2", "--frames", "4", "--out", path.toString());
        assertThat(ImageIO.read(path.toFile()).getWidth()).isEqualTo(4 * 32 + 3 * 2);
        assertThat(json("evaluate", run, "-n", "128", "--metrics", "fid,fid-interval")
                        .get("fid_low")
                        .asDouble())
                .isPositive();
        Path checkpoint = Path.of(run, "checkpoints", "step-00000003.safetensors");
        assertThat(json("inspect", checkpoint.toString()).get("tensors"))
                .anyMatch(tensor -> tensor.get("name").asText().startsWith("discriminator/"));
        assertThat(Run.of("report", run).exit()).isZero();
    }

    @Test
    void aComparisonIsTrainedInProcessesAndDoneOnce() throws Exception {
        Files.writeString(folder.resolve("game.yaml"), GAME);
        String[] compare = {
            "compare",
            folder.resolve("game.yaml").toString(),
            recipe(),
            "--minutes",
            "9",
            "--set",
            "training.steps=2",
            "-n",
            "128",
            "--out",
            folder.toString()
        };
        JsonNode table = json(compare);
        assertThat(table.get("rows")).hasSize(2).allSatisfy(row -> assertThat(
                        row.get("values").get("fid").get("mean").asDouble())
                .isPositive());
        assertThat(folder.resolve("game-and-tiny/report.html")).isNotEmptyFile();
        assertThat(json(compare)).isEqualTo(table);
    }

    @Test
    void aStyleGan2CanBeTruncatedWalkedAndSearched() throws Exception {
        Path recipe = Files.writeString(folder.resolve("styles.yaml"), STYLES);
        String run = json("train", recipe.toString(), "--out", folder.toString())
                .get("run")
                .asText();
        Path grid = folder.resolve("grid.png"), walk = folder.resolve("walk.png"), both = folder.resolve("both.png");
        json("sample", run, "-n", "4", "--truncation", "0.5", "--out", grid.toString());
        assertThat(ImageIO.read(grid.toFile()).getWidth()).isEqualTo(2 * 32 + 2);
        for (String space : List.of("z", "w"))
            json("interpolate", run, "--seeds", "1,2", "--frames", "3", "--space", space, "--out", walk.toString());
        assertThat(ImageIO.read(walk.toFile()).getWidth()).isEqualTo(3 * 32 + 2 * 2);
        Path w = folder.resolve("w.safetensors");
        JsonNode found = json(
                "project", run, grid.toString(), "--steps", "3", "--out", both.toString(), "--styles", w.toString());
        assertThat(found.get("distance").asDouble()).isPositive();
        assertThat(ImageIO.read(both.toFile()).getWidth()).isEqualTo(2 * 32 + 2);
        assertThat(json("inspect", w.toString()).get("parameters").asInt()).isEqualTo(8);
        Run arc = Run.of("interpolate", run, "--seeds", "1,2", "--mode", "slerp", "--out", walk.toString());
        assertThat(arc.err()).contains("--mode slerp is for noise: in W the way is straight, or say --space z");
        String plain =
                json("train", recipe(), "--out", folder.toString()).get("run").asText();
        for (String[] asked : List.of(
                new String[] {"sample", plain, "--truncation", "0.5", "--out", grid.toString()},
                new String[] {"interpolate", plain, "--seeds", "1,2", "--space", "w", "--out", walk.toString()},
                new String[] {"project", plain, grid.toString(), "--out", both.toString()})) {
            Run refused = Run.of(asked);
            assertThat(refused.exit()).isEqualTo(2);
            assertThat(refused.err()).containsAnyOf("spacing]: truncation", "styles");
        }
    }

    @Test
    void theDoctorKnowsTheEngine() throws IOException {
        assertThat(json("doctor").get("engine").asText()).startsWith("libtorch 2.");
    }

    private String recipe() throws IOException {
        return Files.writeString(folder.resolve("tiny.yaml"), TINY).toString();
    }

    private static JsonNode json(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Run run = Run.of(all.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.lastLine());
    }
}
