package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.SafeTensorsFile;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny model of two classes, to which a third one is added. */
@Tag("slow")
class TuningCommandsTest {
    private static final String RECIPE =
            """
            name: base
            data: {size: 8}
            condition: {by: label}
            network: {channels: 32, multipliers: [1], blocks: 1, attention: [], headChannels: 32, patch: 4}
            process: {steps: 20, parameterization: velocity, variance: fixed-small, loss: simple}
            sampling: {steps: 2}
            training: {minutes: 0, steps: 12, learningRate: 0.005, batch: 4, workers: 1, precision: fp32, warmup: 1, ema: [0.5]}
            """;

    @TempDir
    private static Path folder;

    private static String base, gems, tuned;

    @BeforeAll
    static void train() throws IOException {
        Path known = folder.resolve("known");
        pictures(known.resolve("bright"), 150);
        pictures(known.resolve("dark"), 0);
        Path mine = folder.resolve("gems");
        pictures(mine.resolve("gem"), 80);
        pictures(mine.resolve("dark"), 0);
        gems = mine.toString();
        Path recipe = Files.writeString(folder.resolve("base.yaml"), RECIPE);
        String runs = folder.resolve("runs").toString();
        base = json("train", recipe.toString(), "--data", known.toString(), "--out", runs)
                .get("run")
                .asText();
        tuned = json("finetune", base, "--data", gems, "--steps", "3", "--rank", "4", "--out", runs)
                .get("run")
                .asText();
    }

    private static void pictures(Path inner, int brightness) throws IOException {
        Files.createDirectories(inner);
        for (int i = 0; i < 4; i++) {
            Rng rng = Rng.of(i);
            byte[] pixels = new byte[3 * 8 * 8];
            for (int k = 0; k < pixels.length; k++) pixels[k] = (byte) (rng.nextInt(100) + brightness);
            PngFile.write(inner.resolve(i + ".png"), new Picture(8, 8, 3, pixels));
        }
    }

    private static Run run(String... arguments) {
        return Run.of(arguments);
    }

    private static JsonNode json(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        if (arguments[0].equals("finetune"))
            all.addAll(List.of("--set", "training.learningRate=0.05", "--set", "training.warmup=0"));
        all.add("--json");
        Run run = Run.of(all.toArray(String[]::new));
        assertThat(run.exit()).as(run.err()).isZero();
        return new ObjectMapper().readTree(run.lastLine());
    }

    /** The fingerprint of what is drawn. */
    private static int sample(String... arguments) throws IOException {
        Path out = Files.createTempFile(folder, "sample", ".png");
        List<String> all = new ArrayList<>(List.of("sample"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("-n", "2", "--precision", "fp32", "--out", out.toString()));
        json(all.toArray(String[]::new));
        return Arrays.hashCode(ImageFiles.decode(out, 3).pixels());
    }

    private void assertRefused(String message, int exit, String... arguments) {
        Run run = run(arguments);
        assertThat(run.err()).contains(message);
        assertThat(run.exit()).isEqualTo(exit);
    }

    @Test
    void theNewClassIsDrawnAndTheOldOnesAreStillThere() throws IOException {
        assertThat(Path.of(tuned).resolve("experiment.yaml"))
                .content()
                .contains("- bright\n", "- dark\n", "- gem\n", "method: lora", "name: base-lora");
        assertThat(sample(tuned, "--class", "gem")).isNotEqualTo(sample(tuned, "--class", "dark"));
        assertRefused(
                "--class must be one of bright, dark or its number: gem",
                2,
                "sample",
                base,
                "--class",
                "gem",
                "--out",
                folder + "/x.png");
    }

    @Test
    void anAdapterIsListedExportedAndMerged() throws IOException {
        JsonNode listed = json("adapters", "list", tuned);
        assertThat(listed.get("method").asText()).isEqualTo("lora");
        assertThat(listed.get("base").asText()).isEqualTo(base);
        assertThat(listed.get("ranks").findValuesAsText("x")).isEmpty();
        assertThat(listed.get("whole").toString()).isEqualTo("[\"label_emb.weight\"]");
        Path exported = folder.resolve("gem.safetensors"), merged = folder.resolve("merged.safetensors");
        json("adapters", "export", tuned, "--out", exported.toString());
        try (SafeTensorsFile file = SafeTensors.open(exported)) {
            Map<String, ?> entries = file.header().entries();
            assertThat(entries.keySet())
                    .filteredOn(name -> name.endsWith(".lora_A.weight"))
                    .hasSizeGreaterThan(5);
            assertThat(entries.keySet().stream()
                            .filter(name -> name.endsWith(".alpha"))
                            .count())
                    .isEqualTo(entries.keySet().stream()
                            .filter(name -> name.endsWith(".lora_B.weight"))
                            .count());
        }
        JsonNode again = json("adapters", "list", exported.toString());
        assertThat(again).isEqualTo(listed);
        json("adapters", "merge", tuned, "--out", merged.toString());
        assertThat(sample(merged.toString())).isEqualTo(sample(tuned));
        assertRefused("is there already", 2, "adapters", "merge", tuned, "--out", merged.toString());
        assertRefused("is a whole model and no adapter", 1, "adapters", "export", base, "--out", folder + "/none");
    }

    /** Adapters that add no class are added to their base, in any number and strength. */
    @Test
    void adaptersAreAddedToTheirBaseWhenItDraws() throws IOException {
        String runs = folder.resolve("more").toString(),
                known = folder.resolve("known").toString();
        String one = json("finetune", base, "--data", known, "--steps", "3", "--method", "dora", "--out", runs)
                .get("run")
                .asText();
        String two = json("finetune", base, "--data", known, "--steps", "3", "--set", "seed=3", "--out", runs)
                .get("run")
                .asText();
        Path file = folder.resolve("two.safetensors");
        json("adapters", "export", two, "--out", file.toString());
        assertThat(sample(base, "--adapter", one)).isEqualTo(sample(one));
        assertThat(sample(base, "--adapter", file.toString())).isEqualTo(sample(two));
        assertThat(sample(base, "--adapter", file + ":0")).isEqualTo(sample(base));
        assertThat(sample(base, "--adapter", one, "--adapter", two + ":0.5")).isNotEqualTo(sample(one));
        Path both = folder.resolve("both.png");
        Run.of("sample", base, "--adapter", one, "--adapter", two + ":0.5", "-n", "2", "--out", both.toString());
        Run again = reproduced(both, folder);
        assertThat(again.exit()).as(again.err()).isZero();
        Run elsewhere = reproduced(both, Path.of(base).getParent());
        assertThat(elsewhere.exit()).isEqualTo(2);
        assertThat(elsewhere.err())
                .contains("the adapter " + one + " that the picture names is not there in the folders");
        assertRefused(
                "the adapter belongs to another network: label_emb.weight",
                1,
                "sample",
                base,
                "--adapter",
                tuned,
                "--out",
                folder + "/x.png");
        assertRefused(
                "there is no adapter none.safetensors",
                1,
                "sample",
                base,
                "--adapter",
                "none.safetensors",
                "--out",
                folder + "/x.png");
    }

    private Run reproduced(Path picture, Path models) {
        return Run.of(
                "reproduce",
                picture.toString(),
                "--models",
                models.toString(),
                "--out",
                folder.resolve("again.png").toString());
    }

    @Test
    void whatIsRehearsedIsDrawnByTheBaseOrNamed() throws IOException {
        String runs = folder.resolve("rehearsed").toString();
        String own = json(
                        "finetune",
                        base,
                        "--data",
                        gems,
                        "--steps",
                        "2",
                        "--rank",
                        "4",
                        "--rehearse-drawn",
                        "5",
                        "--out",
                        runs)
                .get("run")
                .asText();
        try (var found = Files.walk(Path.of(runs))) {
            assertThat(found.filter(path -> path.toString().contains("rehearsal-")
                            && path.toString().endsWith(".png")))
                    .hasSize(5);
        }
        assertThat(Path.of(own).resolve("experiment.yaml")).content().contains("rehearsal-", "share: 0.5");
        json(
                "finetune",
                base,
                "--data",
                gems,
                "--steps",
                "2",
                "--method",
                "partial",
                "--layers",
                "out",
                "--rehearse",
                folder.resolve("known").toString(),
                "--rehearse-share",
                "0.25",
                "--out",
                runs);
    }

    @Test
    void whatDoesNotGoTogetherIsSaidInOneSentence() throws IOException {
        Path flat = folder.resolve("gems").resolve("gem");
        String out = folder.resolve("refused").toString();
        assertRefused(
                "put its pictures into folders named by their class", 1, "finetune", base, "--data", flat.toString());
        assertRefused(
                "rank must be at most the width of a weight: 999",
                2,
                "finetune",
                base,
                "--data",
                gems,
                "--rank",
                "999",
                "--out",
                out);
        assertRefused(
                "layers must name weights of the network, of which there are",
                2,
                "finetune",
                base,
                "--data",
                gems,
                "--layers",
                "nope",
                "--out",
                out);
        assertRefused(
                "--layers must name what learns where --method is partial",
                2,
                "finetune",
                base,
                "--data",
                gems,
                "--method",
                "partial");
        assertRefused(
                "--rank and --alpha would do nothing",
                2,
                "finetune",
                base,
                "--data",
                gems,
                "--method",
                "full",
                "--rank",
                "2");
        assertRefused(
                "--rehearse-share would do nothing without --rehearse",
                2,
                "finetune",
                base,
                "--data",
                gems,
                "--rehearse-share",
                "0.2");
        assertRefused("--text-encoders would do nothing", 2, "finetune", base, "--data", gems, "--text-encoders");
        assertRefused("there is no run", 2, "finetune", "none", "--data", gems);
        assertThat(Path.of(out)).doesNotExist();
    }

    @Test
    void whatWasForgottenIsMeasuredBesideWhatWasLearned() throws IOException {
        Path out = folder.resolve("forgotten.md");
        JsonNode models = json(
                        "forgetting",
                        base,
                        tuned,
                        "--held-out",
                        gems,
                        "--network",
                        "scattering",
                        "-n",
                        "64",
                        "--out",
                        out.toString())
                .get("models");
        assertThat(models).hasSize(2);
        assertThat(models.get(0).get("method").asText()).isEqualTo("base");
        assertThat(models.get(1).get("method").asText()).isEqualTo("lora, rank 4");
        assertThat(models.get(1).get("fid").asDouble()).isPositive();
        assertThat(models.get(1).get("identity").asDouble()).isBetween(-1.0, 1.0);
        assertThat(models.get(1).get("bytes").asLong())
                .isLessThan(models.get(0).get("bytes").asLong());
        assertThat(out)
                .content()
                .startsWith(
                        "| model | method | FID of what the base knew | identity | diversity | copies | seconds | bytes |");
        assertRefused(
                "guidance must be in 0",
                2,
                "forgetting",
                base,
                tuned,
                "--held-out",
                gems,
                "--guidance",
                "-1",
                "-n",
                "64");
        assertRefused("is there already", 2, "forgetting", base, tuned, "--held-out", gems, "--out", out.toString());
    }

    @Test
    void aDryRunPrintsTheRecipe() {
        Run dry = run("finetune", base, "--data", gems, "--method", "dora", "--rank", "3", "--dry-run");
        assertThat(dry.exit()).as(dry.err()).isZero();
        assertThat(dry.out()).contains("method: dora", "rank: 3", "alpha: 3.0", "steps: 500");
    }
}
