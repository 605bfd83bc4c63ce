package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A classifier of clips goes through every command. */
@Tag("slow")
class ClipClassifierTest {
    private static final String RECIPE =
            """
            kind: classifier
            name: motions
            data: {source: moving, size: 16, channels: 1, clip: {frames: 4}}
            network: {architecture: vivit, variant: factorised-self-attention, patch: 8, width: 16, depth: 2, heads: 2, hidden: 16,
              stochasticDepth: 0.1}
            mixing: {mixup: 0.2, cutmix: 0.5, probability: 0.5, smoothing: 0.1}
            test: {duringTraining: 24}
            training: {steps: 12, minutes: 0, batch: 8, workers: 2, precision: fp32, decay: constant, warmup: 2, ema: [0.8]}
            """;

    @TempDir
    private static Path folder;

    private static String recipe, run;
    private static JsonNode trained;

    @BeforeAll
    static void train() throws IOException {
        recipe = Files.writeString(folder.resolve("motions.yaml"), RECIPE).toString();
        trained = json("train", recipe, "--out", folder.resolve("runs").toString(), "--set", "test.source=moving:test");
        run = trained.get("run").asText();
    }

    @Test
    void itIsTestedAndReported() throws IOException {
        assertThat(trained.get("accuracy").asDouble()).isBetween(0.0, 1.0);
        JsonNode found = json("evaluate", run, "-n", "30").get("classification");
        assertThat(found.get("images").asInt()).isEqualTo(30);
        assertThat(found.get("classes")).hasSize(12);
        assertThat(Path.of(run, "report.html")).content().contains("Named rightly", "Calibration", "pan-left");
        assertThat(json("inspect", run, "--flops")
                        .get("networks")
                        .get(0)
                        .get("parameters")
                        .asLong())
                .isPositive();
    }

    @Test
    void itsVariantsAreSwept() throws IOException {
        String sweep = "name: variants\nrecipe: motions.yaml\nseeds: [0]\naxes: {network.variant: ["
                + "factorised-dot-product]}\nset: {training.steps: 2, test.source: \"moving:test\"}\n";
        String file = Files.writeString(folder.resolve("variants.yaml"), sweep).toString();
        JsonNode rows = json("sweep", file, "--out", folder.resolve("sweeps").toString())
                .get("rows");
        assertThat(rows).hasSize(1);
        JsonNode values = rows.get(0).get("values");
        assertThat(values.get("top-1").get("seeds").asInt()).isEqualTo(1);
        assertThat(values.get("multiply-adds").get("mean").asDouble()).isPositive();
    }

    @Test
    void whatCannotBeIsRefusedInOneSentence() {
        Run pictures = Run.of("train", "../recipes/vit-mnist.yaml", "--dry-run", "--set", "data.clip.frames=4");
        assertThat(pictures.err())
                .contains("data.clip.frames must be 1 with network.architecture vit, which sees single pictures: 4");
        assertRefused("network.architecture must be one of vit, vivit: resnet", "network.architecture=resnet");
        assertRefused("tubelet must divide the 4 frames that are seen: 3", "network.tubelet=3");
        assertRefused("pool must be mean where attention is factorised within blocks", "network.pool=class-token");
        assertRefused("unknown key network.registers", "network.registers=2");
        Run judge = Run.of(
                "judge", "export", run, "--out", folder.resolve("x.safetensors").toString());
        assertThat(judge.err()).contains("network.architecture must be vit");
    }

    private static void assertRefused(String sentence, String value) {
        Run refused = Run.of("train", recipe, "--dry-run", "--set", value);
        assertThat(refused.exit()).as(refused.err()).isNotZero();
        assertThat(refused.err()).contains(sentence);
    }

    private static JsonNode json(String... arguments) throws IOException {
        String[] all = new String[arguments.length + 1];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--json";
        Run run = Run.of(all);
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.out());
    }
}
