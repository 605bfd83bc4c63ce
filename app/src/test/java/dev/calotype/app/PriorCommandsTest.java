package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.PredictsEmbeddings;
import dev.calotype.run.EncoderFile;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Small priors on the vectors of a small clip. */
@TestInstance(Lifecycle.PER_CLASS)
class PriorCommandsTest {
    private static final Placement PLACE = new Placement(Device.CPU, Precision.FP32);
    private static final String CLIP =
            """
            kind: clip
            name: small
            image: {patch: 8, width: 32, depth: 1, heads: 2}
            text: {pairs: 300, context: 64, width: 32, depth: 1, heads: 2}
            embedding: 16
            training: {minutes: 0, steps: 4, batch: 16, workers: 2, precision: fp32, decay: constant, warmup: 2}
            """;
    private static final String PRIOR =
            """
            kind: prior
            name: METHOD
            encoder: ENCODER
            pairs: 80
            test: {pairs: 20}
            method: METHOD
            OWN
            training: {minutes: 0, steps: STEPS, batch: 16, decay: constant, warmup: 2}
            """;

    private Path folder;
    private Path clip;

    @BeforeAll
    void encoder(@TempDir Path made) throws IOException {
        folder = made;
        clip = clip("clips", 0);
        for (String method : List.of("ridge", "mse", "diffusion", "eclipse"))
            json(Run.of("train", recipe(method).toString(), "--out", out("runs"), "--json"));
    }

    private Path clip(String name, long seed) throws IOException {
        Path recipe = Files.writeString(folder.resolve("clip.yaml"), CLIP);
        json(Run.of("train", recipe.toString(), "--out", out(name), "--set", "seed=" + seed, "--json"));
        return folder.resolve(name).resolve("small-001");
    }

    private String out(String name) {
        return folder.resolve(name).toString();
    }

    private Path recipe(String method) throws IOException {
        String text = PRIOR.replace("METHOD", method)
                .replace("ENCODER", clip.toString())
                .replace("STEPS", method.equals("ridge") ? "1" : "4")
                .replace("OWN", own(method));
        return Files.writeString(folder.resolve(method + ".yaml"), text);
    }

    private static String own(String method) {
        String network = "network: {width: 32, depth: 1, heads: 2}";
        return switch (method) {
            case "ridge" -> "";
            case "diffusion" -> network + "\ndiffusion: {samplingSteps: 3, guidance: 2}";
            default -> network;
        };
    }

    private Path run(String method) {
        return folder.resolve("runs").resolve(method + "-001");
    }

    private static JsonNode json(Run run) throws IOException {
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.lastLine());
    }

    private static float[] predicted(PredictsEmbeddings prior, EncoderFile encoder, long first, String... texts) {
        try (PointerScope scope = new PointerScope()) {
            return Scope.read(() -> Tensors.floats(prior.predict(encoder.encoder(), List.of(texts), 5, first)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ridge", "mse", "diffusion", "eclipse"})
    void aRowDependsOnItsTextAndPlaceAlone(String method) throws IOException {
        try (EncoderFile encoder = EncoderFile.open(clip, PLACE);
                PredictsEmbeddings prior = TrainedFile.open(run(method), Capability.PREDICTS_EMBEDDINGS, PLACE)) {
            float[] three = predicted(prior, encoder, 0, "a red bed", "a blue bed", "a lamp");
            float[] last = predicted(prior, encoder, 2, "a lamp");
            assertThat(three).hasSize(48);
            for (int j = 0; j < 16; j++) assertThat(last[j]).isCloseTo(three[32 + j], Offset.offset(1e-5f));
            double square = 0;
            for (int j = 0; j < 16; j++) square += three[j] * three[j];
            assertThat(square).isCloseTo(1, Offset.offset(1e-5));
            float[] elsewhere = predicted(prior, encoder, 9, "a lamp");
            assertThat(Arrays.equals(elsewhere, last)).isEqualTo(method.equals("ridge"));
        }
    }

    @ParameterizedTest
    @CsvSource({"diffusion", "eclipse"})
    void aTrainingThatStoppedGoesOnToTheSameWeights(String method) throws IOException {
        List<String> train =
                new ArrayList<>(List.of("train", recipe(method).toString(), "--out", out("again"), "--json"));
        JsonNode whole = json(Run.of(train.toArray(String[]::new)));
        train.addAll(List.of("--set", "training.steps=2"));
        json(Run.of(train.toArray(String[]::new)));
        String second = folder.resolve("again").resolve(method + "-002").toString();
        JsonNode resumed = json(Run.of("train", "--resume", second, "--set", "training.steps=4", "--json"));
        assertThat(resumed.get("weights_hash")).isEqualTo(whole.get("weights_hash"));
    }

    @Test
    void evaluateTellsHowPicturesOfNewCombinationsAreFound() throws IOException {
        JsonNode told =
                json(Run.of("evaluate", run("ridge").toString(), "--against", "rooms:unseen", "-n", "30", "--json"));
        assertThat(told.get("pairs").asInt()).isEqualTo(30);
        assertThat(told.get("data").asText()).isEqualTo("rooms:unseen");
        assertThat(told.get("predicted").get("at10").asDouble()).isBetween(0.0, 1.0);
        Run people = Run.of("evaluate", run("eclipse").toString(), "-n", "30");
        assertThat(people.out()).contains("picture of a caption, among 30", "the caption itself");
    }

    @Test
    void aSweepHasTheirRecallAndTheirWeights() throws IOException {
        Path sweep = Files.writeString(
                folder.resolve("priors.yaml"),
                "name: priors\nrecipe: " + recipe("eclipse") + "\naxes: {pairs: [20, 80]}\nset: {training.steps: 2}\n");
        assertThat(Run.of("sweep", sweep.toString(), "--out", out("sweeps")).exit())
                .isZero();
        String table = Files.readString(folder.resolve("sweeps/priors/table.md"));
        assertThat(table).contains("| pairs | R@1 | R@5 | R@10 | cosine | parameters | multiply-adds | steps |");
    }

    @Test
    void anotherEncoderIsRefusedByItsHash() throws IOException {
        Path other = clip("others", 1);
        try (EncoderFile encoder = EncoderFile.open(other, PLACE);
                PredictsEmbeddings prior = TrainedFile.open(run("mse"), Capability.PREDICTS_EMBEDDINGS, PLACE)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> predicted(prior, encoder, 0, "a bed"))
                    .withMessageStartingWith(
                            "encoder must be the one whose vectors the prior has learned, " + prior.encoderHash());
        }
    }

    @Test
    void whatCannotBeDoneIsRefusedInOneSentence() throws IOException {
        String eclipse = recipe("eclipse").toString(), runs = out("refused");
        refused("encoder must be a run", Run.of("train", eclipse, "--out", runs, "--set", "encoder=''"));
        refused(
                "since it is solved and not trained",
                Run.of("train", recipe("ridge").toString(), "--set", "training.steps=5"));
        refused("must do nothing", Run.of("train", eclipse, "--out", runs, "--set", "data.flip=random"));
        refused(
                "is no model that encodes pictures and texts",
                Run.of("train", eclipse, "--out", runs, "--set", "encoder=" + run("mse")));
        refused(
                "is a prior, which is tested with",
                Run.of("evaluate", run("mse").toString(), "--metrics", "fid"));
        refused("-n must be at least 2: 1", Run.of("evaluate", run("mse").toString(), "-n", "1"));
        refused(
                "is not a model of images: it is of kind prior",
                Run.of(
                        "sample",
                        run("mse").toString(),
                        "-n",
                        "1",
                        "--out",
                        folder.resolve("x.png").toString()));
        assertThat(Files.exists(Path.of(runs).resolve("eclipse-001"))).isFalse();
    }

    private static void refused(String sentence, Run run) {
        assertThat(run.exit()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(sentence);
    }
}
