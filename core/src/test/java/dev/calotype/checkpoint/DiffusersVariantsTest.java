package dev.calotype.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Golden;
import dev.calotype.Shared;
import dev.calotype.model.Condition;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.UNet;
import dev.calotype.model.UNetFootprint;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against diffusers itself: bench/peers/golden_unets.py made what is compared with. */
class DiffusersVariantsTest extends InScope {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String STEM = "diffusion_pytorch_model";
    private static final JsonNode GOLDEN = Golden.json("diffusers/unets.json");

    @TempDir
    Path folder;

    static List<String> names() {
        return Golden.names(GOLDEN);
    }

    private static Map<String, Tensor> weights(JsonNode made) {
        return FormulaWeights.ofUNet(made.get("weights"));
    }

    private void config(JsonNode made) throws IOException {
        JSON.writeValue(folder.resolve("config.json").toFile(), made.get("config"));
    }

    private void save(String name, Map<String, Tensor> weights) throws IOException {
        SafeTensors.write(folder.resolve(name), weights, Map.of("format", "pt"));
    }

    private static void check(UNet network, JsonNode made) {
        network.eval();
        int channels = made.get("config").get("in_channels").asInt();
        Condition condition = Condition.ofLabels(Golden.ints(made.get("labels")));
        Tensor times = Tensors.of(3, 41).to(ScalarType.Float);
        Tensor x = FormulaWeights.unit("x", 2, channels, 8, 8);
        double[] output = Tensors.doubles(Scope.inference(() -> network.forward(x, times, condition)));
        assertThat(output).containsExactly(Golden.doubles(made.get("output")), within(1e-4));
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyConfigurationGivesWhatDiffusersGives(String name) throws IOException {
        JsonNode made = GOLDEN.get(name);
        config(made);
        save(STEM + ".safetensors", weights(made));
        UNet network = DiffusersUNet.read(folder);
        check(network, made);
        long count = weights(made).values().stream().mapToLong(Tensor::numel).sum();
        assertThat(new UNetFootprint(network.config(), network.ports(), 8, Precision.FP32).weights())
                .isEqualTo(count);
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyConfigurationIsWrittenAsItWasRead(String name) throws IOException {
        JsonNode made = GOLDEN.get(name);
        config(made);
        save(STEM + ".safetensors", weights(made));
        UNet network = DiffusersUNet.read(folder);
        Path again = folder.resolve("again");
        DiffusersUNet.write(again, network, 8);
        Map<String, Tensor> written =
                SafeTensors.read(again.resolve(STEM + ".safetensors")).tensors();
        assertThat(Digest.of(written)).isEqualTo(Digest.of(weights(made)));
        UNet read = DiffusersUNet.read(again);
        assertThat(read.config()).isEqualTo(network.config());
        assertThat(read.ports()).isEqualTo(network.ports());
        check(read, made);
    }

    @ParameterizedTest
    @ValueSource(strings = {"public_ddpm", "no_middle_attention"})
    void theNamesOfAttentionBefore2023AreUnderstood(String name) throws IOException {
        JsonNode made = GOLDEN.get(name);
        config(made);
        Map<String, Tensor> old = new LinkedHashMap<>();
        weights(made)
                .forEach((key, value) -> old.put(
                        key.replace("to_q", "query")
                                .replace("to_k", "key")
                                .replace("to_v", "value")
                                .replace("to_out.0", "proj_attn"),
                        value));
        save(STEM + ".safetensors", old);
        check(DiffusersUNet.read(folder), made);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                STEM + ".fp16.safetensors",
                STEM + ".bf16.safetensors",
                STEM + ".non_ema.safetensors",
                STEM + ".bin"
            })
    void variantsAreFoundUnderTheirNames(String file) throws IOException {
        JsonNode made = GOLDEN.get("one_level");
        config(made);
        save(file, weights(made)); // told apart by content: a safetensors file called .bin is one
        check(DiffusersUNet.read(folder), made);
    }

    @Test
    void ofSeveralVariantsTheUsualOneIsTakenAndOthersAreNamed() throws IOException {
        JsonNode made = GOLDEN.get("one_level");
        config(made);
        save(STEM + ".ema.safetensors", weights(made));
        save(STEM + ".non_ema.safetensors", weights(made));
        assertThatThrownBy(() -> DiffusersUNet.read(folder)).hasMessageContaining("has the variants ema, non_ema");
        save(STEM + ".fp16.safetensors", weights(made));
        check(DiffusersUNet.read(folder), made);
    }

    @Test
    void aFolderWithoutWeightsSaysWhatIsMissing() throws IOException {
        config(GOLDEN.get("one_level"));
        assertThatThrownBy(() -> DiffusersUNet.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has no weights: neither " + STEM + ".safetensors nor");
    }

    private void parts(JsonNode made, String index, String first, String second) throws IOException {
        ObjectNode json = JSON.createObjectNode();
        ObjectNode map = json.putObject("weight_map");
        Map<String, Map<String, Tensor>> parts = Map.of(first, new LinkedHashMap<>(), second, new LinkedHashMap<>());
        weights(made).forEach((key, value) -> {
            String file = parts.get(first).size() < 5 ? first : second;
            map.put(key, file);
            parts.get(file).put(key, value);
        });
        for (var e : parts.entrySet()) save(e.getKey(), e.getValue());
        JSON.writeValue(folder.resolve(index).toFile(), json);
    }

    @ParameterizedTest
    @ValueSource(strings = {".safetensors.index.json", ".safetensors.index.fp16.json", ".bin.index.json"})
    void severalFilesAreReadByTheirIndex(String index) throws IOException {
        JsonNode made = GOLDEN.get("public_ddpm");
        config(made);
        parts(made, STEM + index, STEM + "-00001-of-00002.safetensors", STEM + "-00002-of-00002.safetensors");
        check(DiffusersUNet.read(folder), made);
        assertThat(WeightFile.read(folder.resolve(STEM + index)))
                .containsOnlyKeys(weights(made).keySet());
    }

    @Test
    void whatIsWrongWithAnIndexIsOneSentence() throws IOException {
        JsonNode made = GOLDEN.get("one_level");
        config(made);
        String one = STEM + "-00001-of-00002.safetensors", two = STEM + "-00002-of-00002.safetensors";
        Path index = folder.resolve(STEM + ".safetensors.index.json");
        parts(made, index.getFileName().toString(), one, two);
        String good = Files.readString(index);
        Files.delete(folder.resolve(two));
        assertThatThrownBy(() -> DiffusersUNet.read(folder))
                .hasMessageContaining("names '" + two + "', which is not there: fetch it too");
        save(two, weights(made));
        assertThatThrownBy(() -> DiffusersUNet.read(folder)).hasMessageContaining("lies in two of its files");
        save(two, Map.of());
        assertThatThrownBy(() -> DiffusersUNet.read(folder)).hasMessageContaining("lacks the tensor");
        Files.writeString(index, good.replace(two, "../" + two));
        assertThatThrownBy(() -> DiffusersUNet.read(folder)).hasMessageContaining("must name files beside it");
        Files.writeString(index, "{\"metadata\": {}}");
        assertThatThrownBy(() -> DiffusersUNet.read(folder)).hasMessageContaining("is JSON without a weight_map");
        Files.writeString(index, "{\"weight_map\": {");
        assertThatThrownBy(() -> DiffusersUNet.read(folder)).hasMessageContaining("is not JSON");
    }

    @Test
    void settingsOfLaterVersionsArePassedOver() throws IOException {
        JsonNode made = GOLDEN.get("one_level");
        ObjectNode config = made.get("config").deepCopy();
        config.put("of_a_later_version", "default").putNull("of_another");
        config.set("sample_size", JSON.createArrayNode().add(8).add(8));
        JSON.writeValue(folder.resolve("config.json").toFile(), config);
        save(STEM + ".safetensors", weights(made));
        check(DiffusersUNet.read(folder), made);
    }

    @ParameterizedTest
    @ValueSource(strings = {"diffusers-unet", "diffusers-variants"})
    void theCasesOfUsersGiveWhatDiffusersGives(String group) throws IOException {
        List<Path> cases;
        try (Stream<Path> found = Files.list(Shared.path("cases/" + group))) {
            cases = found.filter(path -> Files.isRegularFile(path.resolve("golden.safetensors")))
                    .toList();
        }
        for (Path given : cases) {
            UNet network = DiffusersUNet.read(given);
            network.eval();
            Map<String, Tensor> golden =
                    SafeTensors.read(given.resolve("golden.safetensors")).tensors();
            Tensor times = golden.get("t").to(ScalarType.Float);
            Tensor output = Scope.inference(() -> network.forward(golden.get("x"), times, Condition.NONE));
            assertThat(Tensors.doubles(output))
                    .as(given.toString())
                    .containsExactly(Tensors.doubles(golden.get("output")), within(1e-4));
        }
    }
}
