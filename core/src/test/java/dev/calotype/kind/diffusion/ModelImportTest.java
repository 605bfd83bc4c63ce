package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.Weights;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.offer.ImportsModels.AttentionOrder;
import dev.calotype.experiment.offer.ImportsModels.Imported;
import dev.calotype.experiment.offer.ImportsModels.Wishes;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.UNet;
import dev.calotype.model.UNetVariant;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.run.RunDirectory;
import dev.calotype.sampling.Levels;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against diffusers: bench/peers/golden_pipelines.py wrote what its pipelines draw. */
class ModelImportTest {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS) // as Python writes infinity
            .build();
    private static final Wishes NOTHING = new Wishes("", "", List.of(), 0, AttentionOrder.LEGACY, List.of());
    private static final Placement PLACE = new Placement(Device.CPU, Precision.FP32);
    private static final JsonNode GOLDEN = Golden.json("diffusers/pipelines.json");

    @TempDir
    Path folder;

    static List<String> names() {
        return Golden.names(GOLDEN);
    }

    private Path pipeline(JsonNode made) throws IOException {
        Path root = folder.resolve("pipeline");
        Files.createDirectories(root.resolve("unet"));
        Files.createDirectories(root.resolve("scheduler"));
        JSON.writeValue(root.resolve("model_index.json").toFile(), made.get("index"));
        JSON.writeValue(root.resolve("scheduler/scheduler_config.json").toFile(), made.get("scheduler"));
        JSON.writeValue(root.resolve("unet/config.json").toFile(), made.get("config"));
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> weights = FormulaWeights.ofUNet(made.get("weights"));
            weights.computeIfPresent("conv_out.weight", (name, weight) -> Tensors.scale(0.25, weight));
            SafeTensors.write(root.resolve("unet/diffusion_pytorch_model.safetensors"), weights, Map.of());
        }
        return root;
    }

    private static double[] draw(Path run, int steps) throws IOException {
        try (PointerScope scope = new PointerScope();
                TrainedDiffusion model = TrainedDiffusion.open(run, PLACE)) {
            SamplingSettings sampling = model.experiment().sampling().with(Map.of("steps", "" + steps), 1000);
            Tensor noise = Tensors.scale(1.5, FormulaWeights.unit("x", 2, 3, 8, 8));
            Request request = new Request(sampling, 0, Request.ANY);
            return Tensors.doubles(Scope.inference(
                    () -> model.model().interpolated(request, noise, Rng.of(0), Drawing.Watcher.NOBODY)));
        }
    }

    private static DiffusionExperiment recipe(Imported made) {
        return (DiffusionExperiment) new RunDirectory(Path.of(made.run())).experiment();
    }

    @ParameterizedTest
    @MethodSource("names")
    void anImportedPipelineDrawsWhatItDrewAndSoDoesItsExport(String name) throws IOException {
        JsonNode made = GOLDEN.get(name);
        Path run = folder.resolve("run-001");
        Imported imported = ModelImport.run(pipeline(made), NOTHING, run);
        assertThat(imported.notes()).isEmpty();
        int steps = made.get("steps").asInt();
        double[] expected = Golden.doubles(made.get("output"));
        assertThat(draw(run, steps)).containsExactly(expected, within(1e-3));
        if (!name.startsWith("ddim")) return;
        Path exported = folder.resolve("exported");
        try (TrainedDiffusion model = TrainedDiffusion.open(run, PLACE)) {
            assertThat(ModelExport.write(model, exported)).isEmpty();
            assertThatThrownBy(() -> ModelExport.write(model, exported)).hasMessageContaining("is not empty");
        }
        JsonNode scheduler = JSON.readTree(
                exported.resolve("scheduler/scheduler_config.json").toFile());
        scheduler.properties().forEach(e -> {
            JsonNode theirs = made.get("scheduler").get(e.getKey());
            if (e.getValue().isNumber())
                assertThat(e.getValue().asDouble()).as(e.getKey()).isCloseTo(theirs.asDouble(), within(1e-12));
            else if (!e.getKey().startsWith("_"))
                assertThat(e.getValue()).as(e.getKey()).isEqualTo(theirs);
        });
        Path again = folder.resolve("run-002");
        Imported twice = ModelImport.run(exported, NOTHING, again);
        assertThat(recipe(twice).process()).isEqualTo(recipe(imported).process());
        assertThat(recipe(twice).network()).isEqualTo(recipe(imported).network());
        assertThat(recipe(twice).sampling()).isEqualTo(recipe(imported).sampling());
        assertThat(draw(again, steps)).containsExactly(draw(run, steps));
    }

    @Test
    void levelsAreSpreadAsTheConfigSaysWhereTheSamplerCan() throws IOException {
        Path root = pipeline(GOLDEN.get("dpm"));
        Path file = root.resolve("scheduler/scheduler_config.json");
        ObjectNode scheduler = GOLDEN.get("dpm").get("scheduler").deepCopy();
        JSON.writeValue(file.toFile(), scheduler.put("use_karras_sigmas", true));
        Imported karras = ModelImport.run(root, NOTHING, folder.resolve("a"));
        assertThat(recipe(karras).sampling().timetable().levels()).isEqualTo(Levels.KARRAS);
        assertThat(karras.notes()).isEmpty();
        JSON.writeValue(file.toFile(), scheduler.put("_class_name", "DDIMScheduler"));
        Imported ddim = ModelImport.run(root, NOTHING, folder.resolve("b"));
        assertThat(recipe(ddim).sampling().timetable().levels()).isEqualTo(Levels.SPACED);
        assertThatThrownBy(() -> DataSets.open(recipe(ddim).data()))
                .hasMessageStartingWith("what this model learned from is not known: name a data set");
        assertThat(ddim.notes()).containsExactly("use_karras_sigmas true is without effect: DDIMScheduler has none.");
        JSON.writeValue(file.toFile(), scheduler.put("_class_name", "LMSDiscreteScheduler"));
        assertThat(ModelImport.run(root, NOTHING, folder.resolve("c")).notes())
                .contains("use_karras_sigmas is not honoured: ddim goes by steps.");
    }

    @Test
    void whatIsNotHonouredIsNamedAndWhatCannotBeIsRefused() throws IOException {
        JsonNode made = GOLDEN.get("dpm");
        Path root = pipeline(made);
        Path file = root.resolve("scheduler/scheduler_config.json");
        ObjectNode scheduler = made.get("scheduler").deepCopy();
        scheduler.put("use_lu_lambdas", true).put("of_a_later_version", 7).put("solver_order", 3);
        JSON.writeValue(file.toFile(), scheduler);
        assertThat(ModelImport.run(root, NOTHING, folder.resolve("a")).notes())
                .containsExactlyInAnyOrder(
                        "use_lu_lambdas true is not honoured.",
                        "solver_order 3 is not honoured.",
                        "Settings of the scheduler that are not known here: [of_a_later_version].");
        scheduler.put("_class_name", "DEISMultistepScheduler").put("prediction_type", "epsilon");
        JSON.writeValue(file.toFile(), scheduler);
        assertThat(ModelImport.run(root, NOTHING, folder.resolve("b")).notes())
                .contains("The scheduler DEISMultistepScheduler is not honoured: its process is, drawn by DDIM.");
        scheduler.put("_class_name", "TCDScheduler");
        JSON.writeValue(file.toFile(), scheduler.put("rescale_betas_zero_snr", true));
        assertThatThrownBy(() -> ModelImport.run(root, NOTHING, folder.resolve("c")))
                .hasMessageContaining("with zero terminal SNR the parameterization must be");
        JSON.writeValue(file.toFile(), scheduler.put("beta_schedule", "laplace"));
        assertThatThrownBy(() -> ModelImport.run(root, NOTHING, folder.resolve("d")))
                .isInstanceOf(IOException.class)
                .hasMessage("scheduler_config.json: beta_schedule must be linear, scaled_linear, squaredcos_cap_v2 or"
                        + " sigmoid: laplace");
        assertThat(folder.resolve("c")).doesNotExist();
        assertThatThrownBy(() -> ModelImport.run(root.resolve("unet"), NOTHING, folder.resolve("a")))
                .hasMessageContaining("is there already");
    }

    @Test
    void weightsOfImprovedDiffusionBecomeARunWithTheShapeThatTheyHave() throws IOException {
        var config = new UNet.Config(
                32,
                List.of(1, 2, 2),
                2,
                List.of(2, 4),
                4,
                0,
                Conditioning.SCALE_SHIFT,
                UNet.Resampling.CONVOLUTION,
                0,
                1,
                UNetVariant.IMPROVED_DDPM);
        Path file = folder.resolve("ema.pt"); // told apart by content
        try (PointerScope scope = new PointerScope();
                UNet network = new UNet(config, new UNet.Ports(3, 6, 5), Rng.of(1))) {
            SafeTensors.write(file, Weights.of(network), Map.of());
        }
        assertThatThrownBy(() -> ModelImport.run(file, NOTHING, folder.resolve("run")))
                .hasMessageContaining("does not tell the size of its images: say it, as `size` 64 does");
        var wishes = new Wishes(
                "",
                "",
                List.of("a", "b", "c", "d"),
                16,
                AttentionOrder.LEGACY,
                List.of("process.schedule=cosine", "process.steps=4000"));
        Imported imported = ModelImport.run(file, wishes, folder.resolve("run"));
        assertThat(recipe(imported).network()).isEqualTo(config);
        assertThat(recipe(imported).condition().classes()).containsExactly("a", "b", "c", "d");
        assertThat(recipe(imported).ports()).isEqualTo(new UNet.Ports(3, 6, 5));
        assertThat(recipe(imported).process().steps()).isEqualTo(4000);
        assertThat(imported.notes()).hasSize(1);
        try (TrainedDiffusion model = TrainedDiffusion.open(folder.resolve("run"), PLACE)) {
            assertThat(model.step()).isZero();
        }
    }

    @Test
    void theOrderOfAttentionIsNotAskedOfAFolder() {
        var wishes = new Wishes("", "", List.of(), 0, AttentionOrder.NEW, List.of());
        assertThatThrownBy(() -> ModelImport.run(folder, wishes, folder.resolve("run")))
                .hasMessageContaining("an order of attention is said of a .pt file");
    }

    /** Two heads of 8: what a file holds as query, key, value of all heads is, for each head, its query, key and value. */
    @Test
    void theNewOrderOfAttentionIsTheOtherOneWithItsRowsElsewhere() throws IOException {
        UNet.Config config = new UNet.Config(
                32,
                List.of(1),
                1,
                List.of(1),
                0,
                16,
                Conditioning.SCALE_SHIFT,
                UNet.Resampling.CONVOLUTION,
                0,
                1,
                UNetVariant.IMPROVED_DDPM);
        String name = "middle_block.1.qkv.bias";
        Path file = folder.resolve("new.pt");
        double[] rows = new double[96];
        Arrays.setAll(rows, i -> i);
        try (PointerScope scope = new PointerScope();
                UNet network = new UNet(config, new UNet.Ports(3, 3, 0), Rng.of(1))) {
            Map<String, Tensor> weights = new LinkedHashMap<>(Weights.of(network));
            weights.put(name, Tensors.of(rows));
            SafeTensors.write(file, weights, Map.of());
        }
        var wishes = new Wishes(
                "", "", List.of(), 16, AttentionOrder.NEW, List.of("network.heads=2", "network.headChannels=0"));
        ModelImport.run(file, wishes, folder.resolve("run"));
        try (PointerScope scope = new PointerScope();
                TrainedDiffusion model = TrainedDiffusion.open(folder.resolve("run"), PLACE)) {
            double[] ours = Tensors.doubles(Weights.of(model.model().network()).get(name));
            for (int head = 0; head < 2; head++)
                for (int part = 0; part < 3; part++)
                    for (int i = 0; i < 16; i++)
                        assertThat(ours[48 * head + 16 * part + i]).isEqualTo(32 * part + 16 * head + i);
        }
    }
}
