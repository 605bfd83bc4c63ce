package dev.calotype.checkpoint.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vivit.Vivit;
import dev.calotype.model.vivit.VivitClassifier;
import dev.calotype.model.vivit.VivitConfig;
import dev.calotype.model.vivit.VivitConfig.Ports;
import dev.calotype.model.vivit.VivitConfig.Variant;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Video vision transformers of transformers 5.24, as bench/peers/golden_vivit.py wrote them. */
class VivitFilesTest extends InScope {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path GOLDEN = Path.of("src/test/resources/vivit");
    private static final Placement CPU = new Placement(Device.CPU, Precision.FP32);

    @TempDir
    Path folder;

    private Map<String, Tensor> golden;

    @BeforeEach
    void readGolden() throws IOException {
        golden = SafeTensors.read(GOLDEN.resolve("golden.safetensors")).tensors();
    }

    private float[] logits(Vivit network) {
        return Scope.read(() -> Tensors.floats(network.forward(golden.get("x"))));
    }

    @Test
    void ourLogitsAreThoseOfTransformers() throws IOException {
        PretrainedVivit read = TransformersVivit.read(GOLDEN.resolve("fast"));
        assertThat(logits(read.network())).containsExactly(Tensors.floats(golden.get("fast")), within(3e-4f));
        assertThat(read.classes()).containsExactly("LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3", "LABEL_4");
    }

    /** The other activation too: the exact GELU. */
    @Test
    void theNamesThatTransformersHasInMemoryAreReadToo() throws IOException {
        assertThat(logits(TransformersVivit.read(inMemory("hidden_act", "gelu")).network()))
                .containsExactly(Tensors.floats(golden.get("exact")), within(3e-4f));
    }

    private Path inMemory(String key, String value) throws IOException {
        Files.copy(GOLDEN.resolve("in-memory.safetensors"), folder.resolve("model.safetensors"));
        ObjectNode config =
                (ObjectNode) JSON.readTree(GOLDEN.resolve("fast/config.json").toFile());
        config.set(key, JSON.readTree(value.matches("[\\[0-9].*") ? value : '"' + value + '"'));
        JSON.writeValue(folder.resolve("config.json").toFile(), config);
        return folder;
    }

    /** Of frames whose shorter side is already that of the processor: the middle, and values in [-3, 1]. */
    @Test
    void framesAreWhatTheProcessorOfTransformersMakesOfThem() throws IOException {
        PretrainedVivit read = TransformersVivit.read(GOLDEN.resolve("fast"));
        assertThat(read.square()).isEqualTo(20);
        assertThat(read.pixels()).isEqualTo(new Standardization(List.of(0.75, 0.75, 0.75), List.of(0.25, 0.25, 0.25)));
        float[] expected = Scope.read(() ->
                Tensors.floats(read.network().forward(golden.get("processed").unsqueeze(0))));
        try (VivitClassifier classifier = TransformersVivit.open(GOLDEN.resolve("fast"), CPU)) {
            assertThat(Tensors.floats(classifier.logits(golden.get("frames").unsqueeze(0))))
                    .containsExactly(expected, within(1e-5f));
        }
    }

    @Test
    void whatTransformersWroteIsWrittenAgain() throws IOException {
        PretrainedVivit read = TransformersVivit.read(GOLDEN.resolve("fast"));
        TransformersVivit.write(folder, read);
        var theirs = SafeTensors.read(GOLDEN.resolve("fast/model.safetensors")).tensors();
        var ours = SafeTensors.read(folder.resolve("model.safetensors")).tensors();
        assertThat(ours.keySet()).isEqualTo(theirs.keySet());
        theirs.forEach((name, tensor) ->
                assertThat(Tensors.floats(ours.get(name))).as(name).containsExactly(Tensors.floats(tensor)));
        for (String file : List.of("config.json", "preprocessor_config.json")) {
            var written = JSON.readTree(folder.resolve(file).toFile());
            JSON.readTree(GOLDEN.resolve("fast").resolve(file).toFile())
                    .properties()
                    .forEach(e -> {
                        if (!e.getKey().matches("dtype|initializer_range|pooler.*|transformers_version"))
                            assertThat(written.get(e.getKey())).as(e.getKey()).isEqualTo(e.getValue());
                    });
        }
        PretrainedVivit again = TransformersVivit.read(folder);
        assertThat(again.pixels()).isEqualTo(read.pixels());
        assertThat(logits(again.network())).containsExactly(logits(read.network()));
    }

    @Test
    void aNetworkThatTransformersDoesNotHaveIsNotWritten() {
        VivitConfig config = VivitConfig.base(Variant.FACTORISED_ENCODER);
        assertThatThrownBy(() -> TransformersVivitConfig.json(config, new Ports(4, 32, 3, 0), List.of()))
                .hasMessageStartingWith(
                        "transformers has ViViT as the variant spatio-temporal with a class token alone: ");
        assertThat(new Vivit(config.withTemporalDepth(0), new Ports(2, 16, 3, 0), Rng.of(0)).ports())
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hidden_act|relu|hidden_act must be one of [gelu_fast, gelu_new, gelu_pytorch_tanh, gelu, quick_gelu]: relu",
                "tubelet_size|[2, 4]|tubelet_size must be three numbers, of which height and width are the same: [2, 4]",
                "num_frames|6|has 21509 numbers for a network of 22021",
                "num_frames|5|tubelet must divide the 5 frames that are seen: 2",
                "model_type|vit|model_type must be one of [vivit]: ",
                "qkv_bias|false|qkv_bias must be true: "
            })
    void aConfigOfAnotherNetworkIsNamed(String key, String value, String sentence) throws IOException {
        Path changed = inMemory(key, value);
        assertThatThrownBy(() -> TransformersVivit.read(changed))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining(sentence);
    }
}
