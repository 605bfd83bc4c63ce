package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chain of a tiny autoencoder and a diffusion model in its latents, and all that is done with both. */
@Tag("slow")
class LatentCommandsTest {
    private static final String SHORT =
            "training: {minutes: 0, steps: 3, batch: 4, workers: 1, precision: fp32, warmup: 1, ema: [0.5]}\n";
    private static final String AUTOENCODER =
            """
            kind: autoencoder
            data: {size: 32}
            network: {latent: 3, widths: [8, 8, 8], groups: 4}
            loss: {adversarial: {weight: 0.5, start: 2, width: 8, layers: 2}}
            """;
    private static final String DECODER =
            """
            latent: {pictures: 80}
            network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32}
            process: {parameterization: velocity, variance: fixed-small, loss: simple}
            sampling: {steps: 2}
            """;

    @TempDir
    private static Path folder;

    private static Path file, chain, autoencoder, decoder;

    @BeforeAll
    static void train() throws IOException {
        Files.writeString(folder.resolve("autoencoder.yaml"), AUTOENCODER + SHORT);
        Files.writeString(folder.resolve("decoder.yaml"), DECODER + SHORT);
        file = Files.writeString(
                folder.resolve("chain.yaml"),
                """
                name: tiny
                autoencoder: {recipe: autoencoder.yaml}
                decoder: {recipe: decoder.yaml}
                pictures: 3
                judged: 64
                """);
        chain = folder.resolve("chains/tiny");
        autoencoder = chain.resolve("autoencoder");
        decoder = chain.resolve("decoder");
        JsonNode figures =
                json("chain", file.toString(), "--out", chain.getParent().toString());
        assertThat(figures.get("stages").findValuesAsText("stage")).containsExactly("autoencoder", "decoder");
    }

    private static JsonNode json(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Run run = Run.of(all.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.lastLine());
    }

    @Test
    void theChainDrawsAndJudgesAndLeavesWhatIsDoneAlone() throws IOException {
        assertThat(ImageFiles.decode(chain.resolve("pictures.png"), 3).width()).isEqualTo(2 * 32 + 2);
        assertThat(decoder.resolve("evaluation.json")).content().contains("fid");
        String before = Files.readString(decoder.resolve("statistics.jsonl"));
        json("chain", file.toString(), "--out", chain.getParent().toString());
        assertThat(decoder.resolve("statistics.jsonl")).hasContent(before.strip());
    }

    @Test
    void bothAreReportedAndJudged() throws IOException {
        JsonNode found = json("evaluate", autoencoder.toString(), "-n", "64");
        assertThat(found.get("data").asText()).isEqualTo("rooms:test");
        assertThat(found.get("psnr").asDouble()).isBetween(5.0, 40.0);
        assertThat(found.get("ssim").asDouble()).isBetween(-1.0, 1.0);
        assertThat(found.get("fid").asDouble()).isPositive();
        assertThat(Run.of("report", autoencoder.toString()).exit()).isZero();
        assertThat(autoencoder.resolve("report.html")).content().contains("This is an autoencoder", "There and back");
        assertThat(Run.of("report", decoder.toString()).exit()).isZero();
    }

    @Test
    void picturesGoThroughARunAndThroughACheckpoint() throws IOException {
        Path picture = folder.resolve("room.png");
        PngFile.write(picture, Rooms.test(32).read(0).image(), Map.of());
        Path checkpoint = autoencoder.resolve("checkpoints/step-00000003.safetensors");
        List<Double> found = new ArrayList<>();
        for (Path model : List.of(autoencoder, checkpoint)) {
            String out = folder.resolve("back-" + found.size()).toString();
            JsonNode back =
                    json("reconstruct", model.toString(), picture.toString(), "--precision", "fp32", "--out", out);
            found.add(back.get("mean_psnr").asDouble());
        }
        assertThat(found.get(1)).isEqualTo(found.get(0));
    }

    @Test
    void anAutoencoderWithCodesLearnsIsLearnedInAndIsWrittenForOthers() throws IOException {
        Path vq = folder.resolve("vq.yaml");
        String kl = "loss: {kl: 0.0, ", quantised = "network: {architecture: vq, codes: 20, ";
        String recipe = AUTOENCODER.replace("loss: {", kl).replace("network: {", quantised) + SHORT + "name: vq\n";
        Files.writeString(vq, recipe.replace(kl, "loss: {"));
        Run refused =
                Run.of("train", vq.toString(), "--out", folder.resolve("vq").toString());
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).contains("loss.kl must be 0 where network.architecture is vq");
        Files.writeString(vq, recipe);
        String run = json("train", vq.toString(), "--out", folder.resolve("vq").toString())
                .get("run")
                .asText();
        assertThat(Path.of(run).resolve("log.txt")).content().contains("of 20 codes are in use by 64 pictures");
        Path written = folder.resolve("vq-written");
        json("export", run, "--to", written.toString());
        assertThat(written.resolve("config.json")).content().contains("VQModel", "\"num_vq_embeddings\" : 20");
        Path learner = folder.resolve("in-vq.yaml");
        Files.writeString(learner, DECODER.replace("{pictures", "{autoencoder: " + run + ", pictures") + SHORT);
        String drawn = json(
                        "train",
                        learner.toString(),
                        "--out",
                        folder.resolve("vq").toString())
                .get("run")
                .asText();
        json("sample", drawn, "-n", "1", "--out", folder.resolve("vq.png").toString());
        assertThat(ImageFiles.decode(folder.resolve("vq.png"), 3).width()).isEqualTo(32);
    }

    @Test
    void aChainThatWasMovedStillDraws() throws IOException {
        Path moved = folder.resolve("elsewhere");
        try (Stream<Path> all = Files.walk(chain)) {
            for (Path each : all.toList())
                Files.copy(each, moved.resolve(chain.relativize(each).toString()));
        }
        Path away = folder.resolve("away");
        Files.move(autoencoder, away);
        try {
            String out = folder.resolve("moved.png").toString();
            json("sample", moved.resolve("decoder").toString(), "-n", "1", "--out", out);
            Run alone = Run.of("sample", decoder.toString(), "-n", "1", "--out", out + "2.png");
            assertThat(alone.exit()).isEqualTo(1);
            assertThat(alone.err()).contains("the autoencoder ", " is not there any more, nor beside ");
        } finally {
            Files.move(away, autoencoder);
        }
    }

    @Test
    void anotherAutoencoderInItsPlaceIsRefused() throws IOException {
        Path other = folder.resolve("other.yaml");
        Files.writeString(other, AUTOENCODER + SHORT + "seed: 5\nname: other\n");
        String run = json(
                        "train",
                        other.toString(),
                        "--out",
                        folder.resolve("runs").toString())
                .get("run")
                .asText();
        Run resumed = Run.of(
                "train",
                "--resume",
                decoder.toString(),
                "--set",
                "latent.autoencoder=" + run,
                "--set",
                "training.steps=5");
        assertThat(resumed.exit()).isNotZero();
        Path away = folder.resolve("real");
        Files.move(autoencoder, away);
        try {
            Files.move(Path.of(run), autoencoder);
            Run drawn = Run.of(
                    "sample",
                    decoder.toString(),
                    "-n",
                    "1",
                    "--out",
                    folder.resolve("no.png").toString());
            assertThat(drawn.exit()).isEqualTo(1);
            assertThat(drawn.err()).contains("is not the autoencoder that ", "its latents do not compare");
            Files.move(autoencoder, Path.of(run));
        } finally {
            Files.move(away, autoencoder);
        }
    }

    @Test
    void whatDoesNotGoTogetherIsSaidInOneSentence() throws IOException {
        Path recipe = folder.resolve("decoder.yaml");
        String named = "latent.autoencoder=" + autoencoder;
        for (List<String> wrong : List.of(
                List.of("data.channels=1", "data.channels must be 3, the channels of the autoencoder's pictures: 1"),
                List.of("data.flip=random", "data.flip, data.crop and data.augment must leave pictures as they are"),
                List.of(
                        "data.size=34",
                        "data.size must be a multiple of 4, by which the autoencoder's latents are smaller: 34"),
                List.of("latent.pictures=0", "latent.pictures must be in 1..10000000: 0"),
                List.of("latent.autoencoder=nowhere", "nowhere is neither a run of the kind autoencoder nor"),
                List.of("latent.autoencoder=" + decoder, "takes pictures to latents and back"))) {
            Run refused = Run.of(
                    "train",
                    recipe.toString(),
                    "--set",
                    named,
                    "--set",
                    wrong.get(0),
                    "--out",
                    folder.resolve("no").toString());
            assertThat(refused.exit()).as(wrong + refused.err()).isNotZero();
            assertThat(refused.err()).contains(wrong.get(1)).doesNotContain("unexpected");
            assertThat(folder.resolve("no")).doesNotExist();
        }
        assertThat(Run.of("nll", decoder.toString(), "--data", "rooms:test", "-n", "4")
                        .err())
                .contains("it must be trained in pixels, not in latents");
    }
}
