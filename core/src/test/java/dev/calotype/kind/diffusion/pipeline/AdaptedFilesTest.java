package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.latent.DiffusersLatentUNet;
import dev.calotype.experiment.offer.Additions.Adapter;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.io.Progress;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Against diffusers and peft: bench/peers/golden_loras.py made what is compared with. */
class AdaptedFilesTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final JsonNode GOLDEN = Golden.json("latent/loras.json");

    @TempDir
    static Path made;

    @TempDir
    Path folder;

    static List<String> names() {
        return Golden.names(GOLDEN).stream()
                .filter(name -> GOLDEN.get(name).has("base"))
                .toList();
    }

    private static PipelineFiles base(String name) throws IOException {
        Path folder = made.resolve(name);
        if (!Files.exists(folder)) {
            MadePipeline.write(name, folder);
            MadePipeline.json(folder.resolve("scheduler/scheduler_config.json"), GOLDEN.get("scheduler"));
        }
        return PipelineFolder.open(folder);
    }

    private static Map<String, Tensor> weights(JsonNode adapter) {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        adapter.get("weights").properties().forEach(e -> {
            JsonNode alpha = adapter.get("alphas").get(e.getKey());
            long[] shape =
                    Arrays.stream(Golden.ints(e.getValue())).asLongStream().toArray();
            weights.put(
                    e.getKey(),
                    alpha == null
                            ? FormulaWeights.weight(e.getKey(), shape)
                            : Tensors.of(alpha.asDouble()).reshape());
        });
        return weights;
    }

    private static Map<String, String> metadata(JsonNode adapter) {
        Map<String, String> metadata = new LinkedHashMap<>();
        adapter.get("metadata")
                .properties()
                .forEach(e -> metadata.put(e.getKey(), e.getValue().asText()));
        return metadata;
    }

    private Path write(String file, Map<String, Tensor> weights, Map<String, String> metadata) throws IOException {
        Path path = folder.resolve(file);
        SafeTensors.write(path, weights, metadata);
        return path;
    }

    private List<Adapter> adapters(JsonNode golden) throws IOException {
        List<Adapter> adapters = new ArrayList<>();
        for (JsonNode adapter : golden.get("adapters")) {
            int i = adapters.size();
            Path file = write("a" + i + ".safetensors", weights(adapter), metadata(adapter));
            adapters.add(new Adapter(file, golden.get("weights").get(i).asDouble()));
        }
        return adapters;
    }

    private static Tensor latents(PipelineFiles files) throws IOException {
        TextToImage model = TextToImage.open(files);
        Prompt prompt = new Prompt(GOLDEN.get("prompt").asText(), Optional.empty(), 0);
        Map<String, String> asked = Map.of("steps", GOLDEN.get("steps").asText(), "guidance", "4");
        ImageRequest request = new ImageRequest(prompt, model.settings(asked), 0, 24, 16);
        Tensor noise = Tensors.scale(1.7, FormulaWeights.unit("noise", 1, 4, 8, 12));
        try (var denoiser = DiffusersLatentUNet.read(files.network("unet"), Precision.FP32)) {
            Conditions conditions = FirstPictures.conditions(model, request, EXACT);
            var evaluations = new Drawing.Evaluations(
                    denoiser.value(), conditions, Controls.none(), new Watched(Progress.SILENT, 1));
            return model.drawing(request).latents(evaluations, null, noise, Rng.images(0, 0, 1));
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatIsDrawnWithAdaptersIsThatOfDiffusers(String name) throws IOException {
        JsonNode golden = GOLDEN.get(name);
        PipelineFiles files = base(golden.get("base").asText());
        FormulaWeights.check(latents(AdaptedFiles.of(files, adapters(golden), List.of())), golden.get("latents"), 2e-4);
    }

    @Test
    void withoutAdaptersNothingChanges() throws IOException {
        PipelineFiles files = base("sd1");
        assertThat(AdaptedFiles.of(files, List.of(), List.of())).isSameAs(files);
        FormulaWeights.check(latents(files), GOLDEN.get("kohya").get("plain"), 2e-4);
        JsonNode golden = GOLDEN.get("kohya");
        Path file = adapters(golden).get(0).file();
        FormulaWeights.check(
                latents(AdaptedFiles.of(files, List.of(new Adapter(file, 0.8), new Adapter(file, -0.8)), List.of())),
                golden.get("plain"),
                2e-4);
    }

    @Test
    void anAbsentAlphaIsSaid() throws IOException {
        PipelineFiles adapted = AdaptedFiles.of(base("sd1"), adapters(GOLDEN.get("old")), List.of());
        assertThat(adapted.notes())
                .containsExactly(
                        "a0.safetensors does not say alpha of 56 of its 56 layers: it is taken to be their rank,"
                                + " so that they act with scale 1.");
        assertThat(AdaptedFiles.of(base("sd1"), adapters(GOLDEN.get("trained")), List.of())
                        .notes())
                .isEmpty();
    }

    @Test
    void anAdapterOfAnotherModelIsRefused() throws IOException {
        List<Adapter> xl = adapters(GOLDEN.get("xl_original"));
        assertThatThrownBy(() -> AdaptedFiles.of(base("sd1"), xl, List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(xl.get(0).file() + " ");
        Tensor down = FormulaWeights.unit("down", 2, 2048), up = FormulaWeights.unit("up", 16, 2);
        String layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k";
        Path other = write(
                "other.safetensors",
                Map.of(layer + ".lora_down.weight", down, layer + ".lora_up.weight", up),
                Map.of());
        assertThatThrownBy(() -> AdaptedFiles.of(base("sd1"), List.of(new Adapter(other, 1)), List.of()))
                .isInstanceOf(IOException.class)
                .hasMessage(other + " is of another model: 1 of 1 layers have other shapes, '" + layer
                        + "', [16, 2] times [2, 2048] is not [16, 12]: it is of Stable Diffusion XL, whose tokens have 2048"
                        + " values");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            lora_unet_nowhere.lora_down.weight  | 2,12  | holds 1 of 129 layers that this model does not have, 'lora_unet_nowhere'
            lora_unet_x.diff                    | 2,12  | holds 1 weights of kinds that are not supported: 'lora_unet_x.diff'
            lora_unet_conv_in.oft_blocks        | 2,12  | holds 1 weights of kinds that are not supported
            """)
    void whatDoesNotFitIsNamedAndRefused(String name, String shape, String reason) throws IOException {
        Map<String, Tensor> weights =
                weights(GOLDEN.get("kohya").get("adapters").get(0));
        weights.keySet().removeIf(key -> key.startsWith("lora_te"));
        long[] sizes =
                Arrays.stream(shape.split(",")).mapToLong(Long::parseLong).toArray();
        weights.put(name, FormulaWeights.unit(name, sizes));
        if (name.endsWith("down.weight")) weights.put(name.replace("down", "up"), FormulaWeights.unit(name, 16, 2));
        Path file = write("left.safetensors", weights, Map.of());
        assertThatThrownBy(() -> AdaptedFiles.of(base("sd1"), List.of(new Adapter(file, 1)), List.of()))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + " " + reason);
    }

    @Test
    void halfAPairIsDamage() throws IOException {
        Path file = write(
                "half.safetensors",
                Map.of("lora_unet_conv_in.lora_up.weight", FormulaWeights.unit("x", 2, 2)),
                Map.of());
        assertThatThrownBy(() -> AdaptedFiles.of(base("sd1"), List.of(new Adapter(file, 1)), List.of()))
                .hasMessage(file + " is damaged: 'lora_unet_conv_in' has no first matrix");
    }

    @Test
    void weightsOfNothingAreNoAdapter() throws IOException {
        Path file = write("none.safetensors", Map.of("conv.weight", FormulaWeights.unit("x", 2, 2)), Map.of());
        assertThatThrownBy(() -> AdaptedFiles.of(base("sd1"), List.of(new Adapter(file, 1)), List.of()))
                .hasMessage(file + " is no low-rank adapter: it has 'conv.weight'");
    }
}
