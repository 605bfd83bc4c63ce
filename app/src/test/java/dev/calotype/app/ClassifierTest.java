package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A classifier of small pictures goes through every command. */
@Tag("slow")
class ClassifierTest {
    private static final String RECIPE =
            """
            kind: classifier
            name: stripes
            data: {source: "%s", size: 16, channels: 3, flip: random, augment: {shift: 1, randAugment: {operations: 1, magnitude: 3}}}
            network: {patch: 4, width: 32, depth: 2, heads: 2, hidden: 64, stochasticDepth: 0.1}
            mixing: {mixup: 0.2, cutmix: 0.5, probability: 0.5, smoothing: 0.1}
            test: {source: "%s", duringTraining: 32}
            training: {steps: 60, minutes: 0, batch: 16, workers: 1, precision: fp32, learningRate: 0.003, warmup: 5, ema: [0.8]}
            """;

    @TempDir
    private static Path folder;

    private static Path recipe;
    private static JsonNode trained;
    private static String run;

    @BeforeAll
    static void train() throws IOException {
        pictures("train", List.of("across", "down"), 40, 1);
        pictures("tests", List.of("across", "down"), 16, 2);
        recipe = Files.writeString(
                folder.resolve("stripes.yaml"),
                String.format(Locale.ROOT, RECIPE, folder.resolve("train"), folder.resolve("tests")));
        trained =
                json("train", recipe.toString(), "--out", folder.resolve("runs").toString());
        run = trained.get("run").asText();
    }

    /** Stripes along or across, with noise. */
    private static void pictures(String name, List<String> classes, int count, long seed) throws IOException {
        Random random = new Random(seed);
        for (String each : classes)
            for (int i = 0; i < count; i++) {
                byte[] pixels = new byte[16 * 16 * 3];
                int phase = random.nextInt(4);
                for (int p = 0; p < pixels.length; p++) {
                    int place = each.equals("down") ? p / 3 % 16 : p / 48;
                    pixels[p] = (byte) ((place + phase) / 2 % 2 * 150 + random.nextInt(80));
                }
                Path file = folder.resolve(name).resolve(each).resolve(i + ".png");
                Files.createDirectories(file.getParent());
                PngFile.write(file, new Picture(16, 16, 3, pixels));
            }
    }

    @Test
    void itLearnsAndTellsHowMuch() throws IOException {
        assertThat(trained.get("accuracy").asDouble()).isGreaterThan(0.9);
        JsonNode tested = json("evaluate", run);
        JsonNode found = tested.get("classification");
        assertThat(found.get("top1").asDouble())
                .isEqualTo(trained.get("accuracy").asDouble());
        assertThat(found.get("images").asInt()).isEqualTo(32);
        assertThat(found.get("confusion")).hasSize(2);
        assertThat(found.get("classes").get(1).get("name").asText()).isEqualTo("down");
        assertThat(json("evaluate", run, "-n", "10")
                        .get("classification")
                        .get("images")
                        .asInt())
                .isEqualTo(10);
        assertThat(Path.of(run, "report.html"))
                .content()
                .contains("Vision Transformer", "Named rightly", "Calibration", "Recall", "kind: classifier");
        assertThat(json("train", "--resume", run).get("weights")).isEqualTo(trained.get("weights"));
    }

    @Test
    void aStoppedTrainingEndsInTheBitsOfAStraightOne() throws IOException {
        JsonNode half = json(
                "train",
                recipe.toString(),
                "--out",
                folder.resolve("half").toString(),
                "--set",
                "training.steps=30",
                "--set",
                "training.decay=constant");
        JsonNode whole = json(
                "train",
                recipe.toString(),
                "--out",
                folder.resolve("whole").toString(),
                "--set",
                "training.decay=constant");
        JsonNode resumed = json("train", "--resume", half.get("run").asText(), "--set", "training.steps=60");
        assertThat(resumed.get("weights")).isEqualTo(whole.get("weights"));
        assertThat(half.get("weights")).isNotEqualTo(whole.get("weights"));
    }

    @Test
    void anotherOneBeginsWithItsWeightsAtAnotherSize() throws IOException {
        Path out = folder.resolve("tuned");
        String[] command = {
            "train", recipe.toString(), "--out", out.toString(), "--set", "training.steps=2", "--set", "data.size=24"
        };
        List<String> tuned = new ArrayList<>(List.of(command));
        tuned.addAll(List.of("--from", run, "--set", "init.bodyRate=0"));
        assertThat(json(tuned.toArray(String[]::new)).get("accuracy").asDouble())
                .isGreaterThan(0.8);
        tuned.addAll(List.of("--set", "network.depth=3"));
        assertRefused(
                "init.from: network must be that of the weights to begin with: set network.depth=2",
                tuned.toArray(String[]::new));
        assertRefused(
                "init.from must be a run, a folder or a file of weights: nowhere",
                "train",
                recipe.toString(),
                "--from",
                "nowhere");
    }

    @Test
    void itsFeaturesAreTestedByAFewShots() throws IOException {
        JsonNode points = json("evaluate", run, "--few-shot", "1,10").get("points");
        assertThat(points).hasSize(2);
        assertThat(points.get(1).get("shots").asInt()).isEqualTo(10);
        assertThat(points.get(1).get("top1").get("mean").asDouble()).isGreaterThan(0.8);
        assertRefused("shots must be at most the pictures of each class", "evaluate", run, "--few-shot", "41");
    }

    @Test
    void itNamesPicturesAndDrawsWhereItLooks() throws IOException {
        Path seen = folder.resolve("seen.png");
        JsonNode answer = json(
                "classify",
                run,
                folder.resolve("tests/down/3.png").toString(),
                folder.resolve("tests/across/4.png").toString(),
                "--attention",
                seen.toString());
        assertThat(answer.get("images")).hasSize(2);
        JsonNode first = answer.get("images").get(0).get("classes");
        assertThat(first.get(0).get("name").asText()).isEqualTo("down");
        assertThat(first.get(0).get("probability").asDouble()
                        + first.get(1).get("probability").asDouble())
                .isBetween(0.999, 1.001);
        assertThat(ImageIO.read(seen.toFile()).getWidth()).isEqualTo(2 * 224 + 4);
    }

    @Test
    void itJudgesPicturesByItsName() throws IOException {
        String file = folder.resolve("stripes.safetensors").toString();
        json("judge", "export", run, "--out", file);
        JsonNode judged = json(
                "evaluate",
                folder.resolve("train").toString(),
                "--against",
                folder.resolve("tests").toString(),
                "--network",
                "vit:" + file,
                "--size",
                "16",
                "-n",
                "32",
                "--allow-few");
        assertThat(judged.get("network").asText()).isEqualTo("stripes");
        assertThat(judged.get("fid").asDouble()).isPositive();
        JsonNode again = json(
                "classify",
                file,
                folder.resolve("tests/down/3.png").toString(),
                "--attention",
                folder.resolve("again.png").toString());
        assertThat(again.get("images").get(0).get("classes").get(0).get("name").asText())
                .isEqualTo("down");
    }

    @Test
    void whatCannotBeIsRefusedInOneSentence() throws IOException {
        pictures("others", List.of("across", "spots"), 2, 3);
        assertRefused(
                "that the classifier does not know, which knows across, down: spots",
                "evaluate",
                run,
                "--against",
                folder.resolve("others").toString());
        assertRefused("is a classifier, which is tested with", "evaluate", run, "--metrics", "fid");
        assertRefused(
                "is not a model of images: it is of kind classifier",
                "sample",
                run,
                "--out",
                folder.resolve("x.png").toString());
        assertRefused(
                "is neither a run, which has an experiment.yaml, nor a folder of",
                "classify",
                folder.toString(),
                "a.png");
        assertRefused("is no model that names classes", "classify", quick(), "a.png");
        assertRefused(
                "test.source: there is no file",
                "train",
                recipe.toString(),
                "--set",
                "test.source=absent",
                "--out",
                folder.resolve("runs").toString());
        assertRefused(
                "size must be a multiple of the patch 5: 16", "train", recipe.toString(), "--set", "network.patch=5");
        Files.createDirectories(folder.resolve("plain"));
        PngFile.write(folder.resolve("plain/a.png"), new Picture(2, 2, 3, new byte[12]));
        assertRefused(
                "a classifier needs a data set with classes",
                "train",
                recipe.toString(),
                "--data",
                folder.resolve("plain").toString(),
                "--out",
                folder.resolve("runs").toString());
    }

    @Test
    void itIsSwept() throws IOException {
        String sweep = "name: depths\nrecipe: stripes.yaml\nseeds: [0]\naxes: {network.depth: [1, 2]}\n"
                + "set: {training.steps: 8}\n";
        String file = Files.writeString(folder.resolve("depths.yaml"), sweep).toString();
        JsonNode table = json("sweep", file, "--out", folder.resolve("sweeps").toString());
        assertThat(table.get("rows")).hasSize(2);
        JsonNode values = table.get("rows").get(1).get("values");
        assertThat(values.get("top-1").get("seeds").asInt()).isEqualTo(1);
        assertThat(values.get("top-1").get("mean").asDouble()).isBetween(0.0, 1.0);
        assertThat(values.get("parameters").get("mean").asDouble())
                .isGreaterThan(table.get("rows")
                        .get(0)
                        .get("values")
                        .get("parameters")
                        .get("mean")
                        .asDouble());
        assertThat(Files.readString(folder.resolve("sweeps/depths/table.md"))).contains("top-1", "calibration error");
        assertThat(folder.resolve("sweeps/depths/report.html")).content().contains("top-1");
    }

    private static String quick() throws IOException {
        String text = "name: quick\ndata: {source: rooms, size: 32}\n";
        Files.createDirectories(folder.resolve("quick"));
        return Files.writeString(folder.resolve("quick/experiment.yaml"), text)
                .getParent()
                .toString();
    }

    private static void assertRefused(String sentence, String... arguments) {
        Run refused = Run.of(arguments);
        assertThat(refused.exit()).as(refused.err()).isNotZero();
        assertThat(refused.err().lines().filter(line -> line.startsWith("calotype: ")))
                .singleElement()
                .asString()
                .contains(sentence);
    }

    @Test
    void networksAreCountedWithoutMakingThem() throws IOException {
        JsonNode table = json("inspect", "vit", "--flops").get("networks");
        assertThat(table).hasSize(7);
        assertThat(table.get(3).get("network").asText()).isEqualTo("vit-b16");
        assertThat(table.get(3).get("parameters").asLong()).isEqualTo(86_567_656);
        assertThat(json("inspect", run, "--flops")
                        .get("networks")
                        .get(0)
                        .get("parameters")
                        .asLong())
                .isEqualTo(parameters());
        assertThat(Run.of("inspect", "vit-h14", "--flops").out()).contains("632,045,800", "queries, keys and values");
        assertRefused("--flops does not count models of the kind diffusion yet", "inspect", quick(), "--flops");
    }

    private static long parameters() throws IOException {
        JsonNode file = json(
                "inspect",
                Path.of(run, "checkpoints", "step-00000060.safetensors").toString());
        long sum = 0;
        for (JsonNode tensor : file.get("tensors"))
            if (tensor.get("name").asText().startsWith("weights/")) {
                long count = 1;
                for (JsonNode size : tensor.get("shape")) count *= size.asLong();
                sum += count;
            }
        return sum;
    }

    private static JsonNode json(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        Run run = Run.of(all.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.lastLine());
    }
}
