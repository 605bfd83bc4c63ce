package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A tiny decoder that reads the words of captions beside the vectors of pictures. */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class WordDecoderTest {
    private static final String SHORT =
            "training: {minutes: 0, steps: 2, batch: 4, workers: 1, precision: fp32, warmup: 1, ema: [0.9]}\n";
    private static final String CLIP =
            """
            kind: clip
            name: clip
            image: {patch: 8, width: 32, depth: 1, heads: 2}
            text: {pairs: 50, context: 64, width: 32, depth: 1, heads: 2}
            embedding: 8
            """;
    private static final String DECODER =
            """
            name: decoder
            condition: {by: embedding}
            embedding: {encoder: ENCODER, pairs: 24, tokens: 2, words: {tokens: 12}}
            network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32}
            sampling: {steps: 2, guidance: 2}
            process: {parameterization: velocity, variance: fixed-small, loss: simple}
            """;

    private Path folder, clip, decoder;
    private String recipe;

    @BeforeAll
    void train(@TempDir Path made) throws IOException {
        folder = made;
        clip = trained(
                Files.writeString(folder.resolve("clip.yaml"), CLIP + SHORT).toString());
        recipe = Files.writeString(folder.resolve("decoder.yaml"), DECODER.replace("ENCODER", clip.toString()) + SHORT)
                .toString();
        decoder = trained(recipe, "--set", "training.learningRate=0.05", "--set", "training.steps=6");
    }

    private Path trained(String recipe, String... more) throws IOException {
        return Path.of(json(run(
                        List.of("train", recipe, "--out", folder.resolve("runs").toString()), more))
                .get("run")
                .asText());
    }

    private static Run run(List<String> first, String... more) {
        return Run.of(Stream.concat(Stream.concat(first.stream(), Arrays.stream(more)), Stream.of("--json"))
                .toArray(String[]::new));
    }

    private static JsonNode json(Run run) throws IOException {
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.lastLine());
    }

    private Picture drawn(String text, String... more) throws IOException {
        Path out = folder.resolve("drawn.png");
        json(run(
                List.of("imagine", decoder.toString(), text, "-n", "1", "--precision", "fp32", "--out", out.toString()),
                more));
        return ImageFiles.decode(out, 3);
    }

    @Test
    void wordsAloneAreDrawnWithoutAPriorAndOthersDrawAnotherPicture() throws IOException {
        Picture blue = drawn("The rug is blue.");
        assertThat(drawn("The rug is blue.")).isEqualTo(blue);
        assertThat(drawn("A wide bed.")).isNotEqualTo(blue);
        JsonNode told = json(
                run(List.of("evaluate", decoder.toString(), "--captions", "rooms:unseen", "-n", "4", "--steps", "2")));
        assertThat(told.get("pictures").asInt()).isEqualTo(4);
        assertThat(told.get("cut").asInt())
                .as("captions of more than 12 tokens")
                .isEqualTo(4);
    }

    @Test
    void aPriorTellsTheVectorBesideTheWords() throws IOException {
        String prior = trained(Files.writeString(
                                folder.resolve("prior.yaml"),
                                "kind: prior\nname: prior\nmethod: ridge\nencoder: " + clip
                                        + "\npairs: 24\ntest: {pairs: 8}\ntraining: {steps: 1, minutes: 0}\n")
                        .toString())
                .toString();
        assertThat(drawn("The rug is blue.", "--prior", prior)).isNotEqualTo(drawn("The rug is blue."));
    }

    @Test
    void aTextThatIsTooLongIsCutAndThatIsSaid() {
        Run run = run(List.of(
                "imagine",
                decoder.toString(),
                "a bed ".repeat(20),
                "-n",
                "1",
                "--out",
                folder.resolve("long.png").toString()));
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.err()).contains("cut to the 12 tokens");
    }

    @Test
    void aTrainingThatStoppedGoesOnToTheSameWeights() throws IOException {
        String out = folder.resolve("again").toString();
        JsonNode whole = json(run(List.of("train", recipe, "--out", out, "--set", "training.steps=4")));
        JsonNode half = json(run(List.of("train", recipe, "--out", out)));
        JsonNode resumed =
                json(run(List.of("train", "--resume", half.get("run").asText(), "--set", "training.steps=4")));
        assertThat(resumed.get("weights_hash")).isEqualTo(whole.get("weights_hash"));
    }

    @Test
    void variationsOfAPictureAreDrawnWithoutWords() throws IOException {
        Path picture = folder.resolve("room.png");
        PngFile.write(picture, Rooms.test(32).read(0).image(), Map.of());
        Path out = folder.resolve("like.png");
        json(run(List.of("variations", decoder.toString(), picture.toString(), "-n", "1", "--out", out.toString())));
        assertThat(ImageFiles.decode(out, 3).width()).isEqualTo(32);
    }

    @Test
    void aTextEncoderThatWasMovedIsMissedByTextsAloneAndFoundBesideTheRun() throws IOException {
        Path there = Files.createDirectories(folder.resolve("there/bert")), beside = folder.resolve("runs/bert");
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.json"))
            Files.copy(TextEncoderTest.TINY.resolve(name), there.resolve(name));
        String own =
                trained(recipe, "--set", "embedding.words.encoder=" + there).toString();
        Files.move(there, folder.resolve("gone"));
        Path picture = folder.resolve("another.png");
        PngFile.write(picture, Rooms.test(32).read(1).image(), Map.of());
        String out = folder.resolve("own.png").toString();
        json(run(List.of("variations", own, picture.toString(), "-n", "1", "--out", out)));
        List<String> text = List.of("imagine", own, "The rug is blue.", "-n", "1", "--out", out);
        assertThat(run(text).err()).contains("the text encoder " + there + " is not there any more, nor beside");
        Files.move(folder.resolve("gone"), beside);
        json(run(text));
    }

    /** By the base itself, and by one that learned guests of rooms. */
    @Test
    void whatWasForgottenIsMeasuredByHowWellCaptionsAreShown() throws IOException {
        String base = decoder.toString();
        JsonNode learned = json(run(
                List.of("finetune", base, "--data", "rooms:guest:8", "--steps", "2"),
                "--set",
                "training.learningRate=0.05",
                "--set",
                "training.warmup=0",
                "--out",
                folder.resolve("tuned").toString()));
        List<String> asked = List.of(
                "forgetting", base, base, learned.get("run").asText(), "--held-out", "rooms:guest-test", "-n", "5");
        Run measured = run(asked, "--captions", "rooms:unseen", "--clip", clip.toString());
        JsonNode models = json(measured).get("models");
        assertThat(models.get(1)).isEqualTo(models.get(0));
        assertThat(models.get(2).get("method").asText()).isEqualTo("lora, rank 8");
        assertThat(models.get(2).get("identity")).isNotEqualTo(models.get(0).get("identity"));
        assertThat(models.get(2).get("clip_score").asDouble()).isBetween(0.0, 100.0);
        assertThat(models.get(2).get("copies").asDouble()).isBetween(0.0, 1.0);
        assertThat(models.get(0).get("fid").isNull()).isTrue();
        assertThat(measured.err()).contains("Note: 5 captions are longer than the text encoder reads");
        assertThat(run(asked, "--captions", "rooms:unseen").err()).contains("--clip must be given with --captions");
        assertThat(run(asked, "--clip", "x").err()).contains("would do nothing: they are of --captions");
        assertThat(run(asked, "--captions", "rooms", "--clip", clip.toString(), "--size", "64")
                        .err())
                .contains("size would do nothing: " + base + " is no pipeline of diffusers: 64");
        assertThat(run(asked, "--captions", "rooms", "--clip", clip.toString(), "--network", "rooms")
                        .err())
                .contains("--general and --network would do nothing with --captions: rooms");
    }

    @Test
    void aTextEncoderThatIsNotThereIsNamed() {
        Run run = run(List.of("train", recipe, "--set", "embedding.words.encoder=nowhere.jar"));
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("there is no text encoder nowhere.jar");
    }
}
