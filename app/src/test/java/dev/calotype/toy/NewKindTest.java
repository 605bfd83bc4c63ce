package dev.calotype.toy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kind that no class of the project knows goes through every command: it is one package and one line. */
@Tag("slow")
class NewKindTest {
    private static final String RECIPE =
            """
            kind: toy
            name: codes
            network: {code: 4}
            training: {steps: 3, batch: 4}
            """;
    private static final String SWEEP =
            """
            name: spreads
            recipe: codes.yaml
            axes: {network.code: [4]}
            evaluate: {images: 64, axes: {sampling.spread: [0.5, 1]}}
            """;
    private static final String GAN =
            """
            kind: gan
            name: game
            data: {size: 32}
            network: {generator: {latent: 4, width: 4}, discriminator: {width: 4}}
            training: {batch: 4, workers: 1, precision: fp32}
            """;

    @TempDir
    private static Path folder;

    private static JsonNode trained;
    private static String run;

    @BeforeAll
    static void train() throws IOException {
        Files.writeString(folder.resolve("codes.yaml"), RECIPE);
        trained = json(train("runs", 3, 1000));
        run = trained.get("run").asText();
    }

    @Test
    void itIsTrainedSampledJudgedReportedAndInspected() throws Exception {
        assertThat(trained.get("finished").asBoolean()).isTrue();
        Path grid = folder.resolve("grid.png");
        json("sample", run, "-n", "4", "--out", grid.toString());
        assertThat(ImageIO.read(grid.toFile()).getWidth()).isEqualTo(2 * 32 + 2);
        assertThat(json("evaluate", run, "-n", "64").get("fid").asDouble()).isPositive();
        assertThat(Run.of("report", run).exit()).isZero();
        assertThat(Path.of(run, "report.html"))
                .content()
                .contains("This is an autoencoder", "Validation loss", "kind: toy");
        Path checkpoint = Path.of(run, "checkpoints", "step-00000003.safetensors");
        assertThat(json("inspect", checkpoint.toString()).get("tensors"))
                .anyMatch(tensor -> tensor.get("name").asText().equals("weights/encoder.weight"));
        assertThat(json("train", "--resume", run).get("weights")).isEqualTo(trained.get("weights"));
    }

    @Test
    void whatItCannotDoIsRefusedInOneSentenceThatNamesTheKind() {
        String picture = Path.of(run, "samples", "step-00000003.png").toString();
        String out = folder.resolve("out.png").toString();
        for (List<String> asked : List.of(
                List.of("nll", run, "--data", "rooms:test", "-n", "4"),
                List.of("interpolate", run, "--seeds", "1,2", "--out", out),
                List.of("study", "interpolation", run, "--seeds", "1,2"),
                List.of("project", run, picture, "--out", out),
                List.of("restore", "denoise", picture, "--prior", run, "--method", "ddpm", "--out", out),
                List.of("judge", "export", run, "--out", out),
                List.of("sample", run, "--steps", "4", "--out", out))) {
            Run refused = Run.of(asked.toArray(String[]::new));
            assertThat(refused.exit()).as(asked + refused.err()).isEqualTo(2);
            assertThat(refused.err().lines().filter(line -> line.startsWith("calotype: ")))
                    .as(asked.toString())
                    .singleElement()
                    .asString()
                    .endsWith(asked.get(0).equals("sample") ? "codes is a toy" : "it is of kind toy");
        }
        assertThat(Path.of(out)).doesNotExist();
    }

    /** {@code kill -9} in the middle, where each step writes a checkpoint. */
    @Test
    void aTrainingThatIsKilledEndsInTheBitsOfAStraightOne() throws Exception {
        JsonNode straight = json(train("straight", 40, 1000));
        Process child = child(train("killed", 40, 0));
        Path killed = folder.resolve("killed/codes-001");
        Path second = killed.resolve("checkpoints/step-00000002.safetensors");
        while (!Files.exists(second) && !child.waitFor(10, TimeUnit.MILLISECONDS)) Thread.onSpinWait();
        child.destroyForcibly();
        assertThat(child.waitFor()).as(Files.readString(folder.resolve("err"))).isNotZero();
        JsonNode resumed = json("train", "--resume", killed.toString(), "--set", "training.checkpointSeconds=1000");
        assertThat(resumed.get("step").asInt()).isEqualTo(40);
        assertThat(resumed.get("weights")).isEqualTo(straight.get("weights"));
    }

    @Test
    void itIsSweptAndComparedWithAnotherKind() throws Exception {
        String sweep = Files.writeString(folder.resolve("sweep.yaml"), SWEEP).toString();
        JsonNode swept = json("sweep", sweep, "--out", folder.toString());
        assertThat(swept.get("rows")).hasSize(2);
        String game = Files.writeString(folder.resolve("game.yaml"), GAN).toString();
        JsonNode compared = json(
                "compare",
                folder.resolve("codes.yaml").toString(),
                game,
                "--minutes",
                "9",
                "--set",
                "training.steps=2",
                "-n",
                "64",
                "--out",
                folder.toString());
        assertThat(compared.get("rows")).hasSize(2);
        for (JsonNode table : List.of(swept, compared))
            assertThat(table.get("rows")).allSatisfy(row -> assertThat(
                            row.get("values").get("fid").get("mean").asDouble())
                    .isPositive());
    }

    private static String[] train(String runs, int steps, int checkpointSeconds) {
        return new String[] {
            "train",
            folder.resolve("codes.yaml").toString(),
            "--out",
            folder.resolve(runs).toString(),
            "--set",
            "training.steps=" + steps,
            "--set",
            "training.checkpointSeconds=" + checkpointSeconds
        };
    }

    private static Process child(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(
                List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        command.add("dev.calotype.app.Main");
        command.addAll(List.of(arguments));
        command.addAll(List.of("--threads", "2"));
        return new ProcessBuilder(command)
                .redirectError(folder.resolve("err").toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .start();
    }

    private static JsonNode json(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Run run = Run.of(all.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.lastLine());
    }
}
