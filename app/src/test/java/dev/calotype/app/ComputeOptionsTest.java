package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.calotype.app.MainTest.Run;
import dev.calotype.tensor.Device;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Device and precision as options. */
class ComputeOptionsTest {
    private static final String RECIPE =
            """
            name: tiny
            data: {source: "rooms:train", size: 32}
            network: {channels: 32, multipliers: [1], blocks: 1, attention: [], patch: 4}
            process: {steps: 10, parameterization: velocity}
            training: {steps: 2, minutes: 0, batch: 4, workers: 1, device: cpu, precision: bf16, warmup: 1}
            sampling: {method: ddim, steps: 3}
            """;

    @TempDir
    private Path folder;

    private String recipe;

    @BeforeEach
    void writeRecipe() throws IOException {
        recipe = Files.writeString(folder.resolve("tiny.yaml"), RECIPE).toString();
    }

    @Test
    void withoutOptionsTheRecipeDecides() {
        assertThat(Run.of("train", recipe, "--dry-run").out()).contains("device: cpu", "precision: bf16");
    }

    @Test
    void optionsOverrideTheRecipeAndItsOverrides() {
        Run run = Run.of(
                "train",
                recipe,
                "--set",
                "training.precision=bf16",
                "--set",
                "training.device=auto",
                "--precision",
                "fp32",
                "--device",
                "cpu",
                "--dry-run");
        assertThat(run.exit()).isZero();
        assertThat(run.out()).contains("device: cpu", "precision: fp32");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpu", "cuda:x"})
    void whatIsNoDeviceIsWrongUsage(String device) {
        refused("device must be auto, cpu, cuda or cuda:N: " + device, "train", recipe, "--device", device);
        refused(
                "training.device: device must be auto, cpu, cuda or cuda:N: " + device,
                "train",
                recipe,
                "--set",
                "training.device=" + device);
    }

    @Test
    void halfPrecisionIsNotOffered() {
        Run run = Run.of("sample", "run", "--out", "x.png", "--precision", "fp16");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--precision", "FP32", "BF16", "fp16");
    }

    @Test
    void aDeviceThatIsNotThereIsRefusedBeforeAnythingIsMade() {
        assumeTrue(Device.gpus() == 0, "there is a GPU here");
        Path runs = folder.resolve("runs");
        refused("device cuda needs", "train", recipe, "--device", "cuda", "--out", runs.toString());
        assertThat(runs).doesNotExist();
        refused("device cuda needs", "train", recipe, "--device", "cuda", "--dry-run");
        refused("device cuda needs", "nll", "nowhere", "--device", "cuda", "--data", "rooms");
        refused(
                "device cuda needs",
                "evaluate",
                "rooms:test",
                "--device",
                "cuda",
                "--against",
                "rooms",
                "--size",
                "32");
    }

    private static void refused(String reason, String... arguments) {
        Run run = Run.of(arguments);
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err().lines())
                .singleElement()
                .asString()
                .startsWith("calotype: ")
                .contains(reason);
    }

    @Test
    @Tag("slow")
    void theChoiceIsToldRecordedAndSeenInThePictures() throws IOException {
        Path runs = folder.resolve("runs");
        Run trained = Run.of("train", recipe, "--precision", "fp32", "--out", runs.toString());
        assertThat(trained.err()).contains("on cpu in fp32");
        Path run = runs.resolve("tiny-001");
        assertThat(Files.readString(run.resolve("experiment.yaml"))).contains("device: cpu", "precision: fp32");
        assertThat(Files.readString(run.resolve("statistics.jsonl")))
                .contains("\"device\":\"cpu\"", "\"precision\":\"fp32\"");

        int[] exact = sample(run, "fp32");
        int[] rounded = sample(run, "bf16");
        double apart = 0;
        for (int i = 0; i < exact.length; i++) apart += Math.abs(exact[i] - rounded[i]);
        assertThat(sample(run, "fp32")).containsExactly(exact);
        assertThat(apart / exact.length).isBetween(0.001, 4.0);
    }

    /** Red values of a grid that is drawn in {@code precision}. */
    private int[] sample(Path run, String precision) throws IOException {
        Path file = folder.resolve(precision + ".png");
        Run drawn = Run.of("sample", run.toString(), "--precision", precision, "--out", file.toString());
        assertThat(drawn.err()).contains("Computing on cpu in " + precision);
        BufferedImage image = ImageIO.read(file.toFile());
        return image.getRaster().getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (int[]) null);
    }
}
