package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A tiny frozen text encoder of the tests of the library, and an image encoder that learns to go with it. */
@TestInstance(Lifecycle.PER_CLASS)
class TextEncoderTest {
    static final Path TINY = Path.of("..", "core", "src", "test", "resources", "bert", "tiny")
            .toAbsolutePath()
            .normalize();
    private static final String RECIPE =
            """
            kind: clip
            name: locked
            image: {patch: 8, width: 32, depth: 1, heads: 2}
            text: {frozen: {encoder: ENCODER}, sentences: some}
            embedding: 16
            training: {minutes: 0, steps: 4, batch: 16, workers: 2, precision: fp32, decay: constant, warmup: 2}
            """;

    private Path folder;
    private String recipe, run;
    private JsonNode trained;

    @BeforeAll
    void train(@TempDir Path made) throws IOException {
        folder = made;
        recipe = Files.writeString(folder.resolve("locked.yaml"), RECIPE.replace("ENCODER", TINY.toString()))
                .toString();
        trained = json(Run.of("train", recipe, "--out", folder.resolve("runs").toString(), "--json"));
        run = trained.get("run").asText();
    }

    private static JsonNode json(Run run) throws IOException {
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.lastLine());
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void textsAreFoundByAText() throws IOException {
        JsonNode written = json(Run.of(
                "embed",
                "--text",
                "a red bed",
                "--text",
                "the lamp is on",
                "--model",
                TINY.toString(),
                "--out",
                file("texts.safetensors"),
                "--json"));
        assertThat(written.get("length").asInt()).isEqualTo(32);
        JsonNode found =
                json(Run.of("search", file("texts.safetensors"), "a red bed", "--model", TINY.toString(), "--json"));
        assertThat(found.get("found").get(0).get("name").asText()).isEqualTo("a red bed");
        assertThat(found.get("found").get(0).get("likeness").asDouble()).isGreaterThan(0.999);
    }

    @Test
    void picturesWantAnEncoderOfPictures() {
        Run refused = Run.of("embed", "rooms:test", "-n", "2", "--model", TINY.toString(), "--out", file("x.npy"));
        assertThat(refused.exit()).isEqualTo(2);
        assertThat(refused.err()).contains("reads texts alone: an encoder of pictures and texts is wanted");
    }

    @Test
    void anImageEncoderLearnsToGoWithAFrozenTextEncoder() throws IOException {
        String settings = Files.readString(Path.of(run, "experiment.yaml"));
        assertThat(settings).contains("length: 32");
        JsonNode told = json(Run.of("evaluate", "rooms:test", "--clip", run, "-n", "12", "--json"));
        assertThat(told.get("retrieval").get("pairs").asInt()).isEqualTo(12);
        JsonNode written =
                json(Run.of("embed", "--text", "a red bed", "--model", run, "--out", file("t.npy"), "--json"));
        assertThat(written.get("length").asInt()).isEqualTo(16);
    }

    @Test
    void aTrainingThatStoppedGoesOnToTheSameWeights() throws IOException {
        String out = file("again");
        JsonNode half = json(Run.of("train", recipe, "--out", out, "--set", "training.steps=2", "--json"));
        JsonNode resumed =
                json(Run.of("train", "--resume", half.get("run").asText(), "--set", "training.steps=4", "--json"));
        assertThat(resumed.get("weights_hash")).isEqualTo(trained.get("weights_hash"));
    }

    @Test
    void anotherTextEncoderThanBeforeIsRefused() throws IOException {
        String before = new ObjectMapper()
                .readTree(json(Run.of("train", recipe, "--out", file("moved"), "--json"))
                        .toString())
                .get("run")
                .asText();
        Path settings = Path.of(before, "experiment.yaml");
        Files.writeString(settings, Files.readString(settings).replaceFirst("hash: \"?[0-9a-f]{64}\"?", "hash: abc"));
        Run resumed = Run.of("train", "--resume", before, "--set", "training.steps=6");
        assertThat(resumed.exit()).isNotZero();
        assertThat(resumed.err()).contains("is not the text encoder that the image encoder was trained with");
    }

    @Test
    void aTextEncoderThatWasMovedIsMissedByTextsAloneAndFoundBesideTheRun() throws IOException {
        Path there = Files.createDirectories(folder.resolve("there/bert")), runs = folder.resolve("other");
        for (String name : List.of("config.json", "model.safetensors", "tokenizer.json"))
            Files.copy(TINY.resolve(name), there.resolve(name));
        String own = json(Run.of(
                        "train", recipe, "--set", "text.frozen.encoder=" + there, "--out", runs.toString(), "--json"))
                .get("run")
                .asText();
        Path beside = runs.resolve("bert");
        Files.move(there, folder.resolve("gone"));
        String[] text = {"embed", "--text", "a red bed", "--model", own, "--out", file("t.npy"), "--json"};
        json(Run.of("embed", "rooms:test", "-n", "2", "--model", own, "--out", file("p.npy"), "--json"));
        assertThat(Run.of(text).err()).contains("the text encoder " + there + " is not there any more, nor beside");
        Files.move(folder.resolve("gone"), beside);
        json(Run.of(text));
        json(Run.of("train", "--resume", own, "--set", "training.steps=5", "--json"));
        Path words = beside.resolve("tokenizer.json");
        Files.writeString(words, Files.readString(words) + "\n");
        assertThat(Run.of(text).err()).contains("must be used with the text encoder that it learned with");
    }

    @Test
    void whatAFrozenEncoderWouldNotUseIsRefused() {
        Run vocabulary = Run.of("train", recipe, "--set", "text.vocabulary=words.txt");
        assertThat(vocabulary.exit()).isEqualTo(2);
        assertThat(vocabulary.err()).contains("vocabulary must be learned where frozen.encoder names a text encoder");
    }
}
