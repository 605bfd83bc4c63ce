package dev.calotype.checkpoint.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.Weights;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Distillation;
import dev.calotype.model.vit.VisionTransformerConfig.Pool;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.model.vit.VisionTransformerConfig.Position;
import dev.calotype.nn.transformer.PatchEmbedding.Stem;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vision transformers of transformers 5.24 and timm 1.0.31, as bench/peers/golden_vit.py wrote them. */
class VisionTransformerFilesTest extends InScope {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path GOLDEN = Path.of("src/test/resources/vit");
    private static final List<String> FIVE = List.of("0", "1", "2", "3", "4");
    private static final List<String> NAMED = List.of("ant", "bee", "cat", "dog", "eel");

    @TempDir
    Path folder;

    private Map<String, Tensor> golden;

    @BeforeEach
    void readGolden() throws IOException {
        golden = SafeTensors.read(GOLDEN.resolve("golden.safetensors")).tensors();
    }

    private static float[] logits(VisionTransformer network, Tensor x) {
        return Scope.read(() -> Tensors.floats(network.forward(x)));
    }

    private void assertLogits(VisionTransformer network, String picture, String expected) {
        assertThat(logits(network, golden.get(picture)))
                .as(expected)
                .containsExactly(Tensors.floats(golden.get(expected)), within(3e-4f));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vit", "deit", "teacher", "dinov2", "registers"})
    void ourLogitsAreThoseOfTransformers(String name) throws IOException {
        assertLogits(TransformersVit.read(GOLDEN.resolve(name)).network(), "x", name);
        assertLogits(TransformersVit.read(GOLDEN.resolve(name), 24).network(), "larger", name + ".larger");
    }

    @ParameterizedTest
    @ValueSource(strings = {"timm-vit", "timm-mean", "timm-late", "timm-registers", "timm-distilled", "timm-hybrid"})
    void ourLogitsAreThoseOfTimm(String name) throws IOException {
        Path file = GOLDEN.resolve(name + ".safetensors");
        assertLogits(TimmVit.read(file, 4, 0).network(), "x", name);
        assertLogits(TimmVit.read(file, 4, 24).network(), "larger", name + ".larger");
    }

    @Test
    void theNamesThatTransformersHasInMemoryAreReadToo() throws IOException {
        Files.copy(GOLDEN.resolve("vit/config.json"), folder.resolve("config.json"));
        Files.copy(GOLDEN.resolve("in-memory.safetensors"), folder.resolve("model.safetensors"));
        assertThat(SafeTensors.read(folder.resolve("model.safetensors")).tensors())
                .containsKey("vit.layers.0.attention.q_proj.weight");
        assertLogits(TransformersVit.read(folder).network(), "x", "vit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vit", "deit", "teacher", "dinov2", "registers"})
    void whatTransformersWroteIsWrittenAgain(String name) throws IOException {
        PretrainedVit read = TransformersVit.read(GOLDEN.resolve(name));
        TransformersVit.write(folder, read);
        var theirs = SafeTensors.read(GOLDEN.resolve(name).resolve("model.safetensors"))
                .tensors();
        var ours = SafeTensors.read(folder.resolve("model.safetensors")).tensors();
        theirs.forEach((weight, tensor) -> {
            if (weight.endsWith("mask_token")) return; // of pre-training
            assertThat(ours).containsKey(weight);
            assertThat(Tensors.floats(ours.get(weight))).as(weight).containsExactly(Tensors.floats(tensor));
        });
        assertThat(ours).hasSize(theirs.size() - (name.matches("dinov2|registers") ? 1 : 0));
        var config = JSON.readTree(folder.resolve("config.json").toFile());
        for (String key : List.of("architectures", "model_type", "hidden_size", "image_size", "id2label"))
            assertThat(config.get(key))
                    .as(key)
                    .isEqualTo(JSON.readTree(
                                    GOLDEN.resolve(name).resolve("config.json").toFile())
                            .get(key));
        assertThat(TransformersVit.read(folder).classes()).isEqualTo(read.classes());
        assertThat(logits(TransformersVit.read(folder).network(), golden.get("x")))
                .containsExactly(logits(read.network(), golden.get("x")));
    }

    private static VisionTransformerConfig config(Pool pool, int registers, Distillation distillation, double scale) {
        return new VisionTransformerConfig(
                4, 16, 2, 2, 32, Stem.PATCHES, Position.LEARNED, pool, registers, distillation, 0, 0, scale, 1e-6);
    }

    private static VisionTransformer network(VisionTransformerConfig config, int classes) {
        VisionTransformer network = new VisionTransformer(config, new Ports(16, 3, classes), Rng.of(1));
        Map<String, Tensor> weights = new LinkedHashMap<>();
        Weights.of(network)
                .forEach((name, w) -> weights.put(
                        name, w.detach().add(Tensors.scale(0.1, Rng.of(2).normalLike(w)))));
        Weights.load(network, weights);
        return network;
    }

    @ParameterizedTest
    @EnumSource(
            value = Pool.class,
            names = {"CLASS_TOKEN", "MEAN", "MEAN_THEN_NORM"})
    void everyNetworkOfTimmSurvivesARoundTrip(Pool pool) throws IOException {
        boolean tokens = pool == Pool.CLASS_TOKEN;
        for (int registers : new int[] {0, 3})
            for (Distillation teacher : tokens ? Distillation.values() : new Distillation[] {Distillation.NONE}) {
                VisionTransformer network = network(config(pool, registers, teacher, 1), 5);
                PretrainedVit model = new PretrainedVit(network, NAMED, Standardization.IMAGENET);
                if (teacher == Distillation.TOKEN || teacher == Distillation.HEAD && registers > 0) {
                    assertThatThrownBy(() -> TimmVit.write(folder, model))
                            .hasMessageStartingWith("timm's VisionTransformer has no token of a teacher ");
                    continue;
                }
                TimmVit.write(folder, model);
                PretrainedVit read = TimmVit.read(folder.resolve("model.safetensors"), 0, 0);
                assertThat(read.network().config().heads())
                        .as("of a width of 16")
                        .isEqualTo(2);
                assertThat(read.classes()).isEqualTo(NAMED);
                assertThat(read.pixels()).isEqualTo(Standardization.IMAGENET);
                assertThat(logits(read.network(), golden.get("x")))
                        .containsExactly(logits(network, golden.get("x")), within(1e-5f));
            }
    }

    @Test
    void aHybridIsWrittenUnderTheNamesOfTimm() throws IOException {
        Path theirs = GOLDEN.resolve("timm-hybrid.safetensors");
        TimmVit.write(folder, TimmVit.read(theirs, 4, 0));
        var written = SafeTensors.read(folder.resolve("model.safetensors")).tensors();
        SafeTensors.read(theirs).tensors().forEach((name, tensor) -> assertThat(Tensors.floats(written.get(name)))
                .as(name)
                .containsExactly(Tensors.floats(tensor)));
        assertThat(written).hasSameSizeAs(SafeTensors.read(theirs).tensors());
    }

    @Test
    void aHybridWithMoreOfAResNetIsRefused() throws IOException {
        Path file = folder.resolve("r26.safetensors");
        Map<String, Tensor> weights = new LinkedHashMap<>(
                SafeTensors.read(GOLDEN.resolve("timm-hybrid.safetensors")).tensors());
        weights.put("patch_embed.backbone.stages.0.blocks.0.conv1.weight", Tensors.of(new float[] {1}, 1, 1, 1, 1));
        SafeTensors.write(file, weights, Map.of());
        assertThatThrownBy(() -> TimmVit.read(file, 4, 0))
                .hasMessage("cannot use " + file
                        + ": a hybrid with stages of a ResNet (patch_embed.backbone.stages) is not supported");
    }

    @Test
    void fixedPositionsAreWrittenAsATableWithThem() throws IOException {
        VisionTransformerConfig config = new VisionTransformerConfig(
                4, 16, 2, 2, 32, Stem.PATCHES, Position.SIN_COS, Pool.CLASS_TOKEN, 0, Distillation.NONE, 0, 0, 0, 1e-6);
        VisionTransformer network = network(config, 5);
        TransformersVit.write(folder, new PretrainedVit(network, FIVE, Standardization.signed(3)));
        assertThat(logits(TransformersVit.read(folder).network(), golden.get("x")))
                .containsExactly(logits(network, golden.get("x")), within(1e-5f));
    }

    @Test
    void aNetworkWithoutClassesIsReadForItsFeatures() throws IOException {
        VisionTransformer network = network(config(Pool.CLASS_TOKEN, 2, Distillation.NONE, 1), 0);
        TransformersVit.write(folder, new PretrainedVit(network, List.of(), Standardization.IMAGENET));
        PretrainedVit read = TransformersVit.read(folder);
        assertThat(read.classes()).isEmpty();
        assertThat(read.pixels()).isEqualTo(Standardization.IMAGENET);
        assertThat(Tensors.floats(read.network().features(golden.get("x"))))
                .containsExactly(Tensors.floats(network.features(golden.get("x"))));
        assertThatThrownBy(() -> read.network().forward(golden.get("x"))).hasMessageContaining("no classes");
    }

    @Test
    void whatTransformersHasNotIsNotWritten() {
        assertThatThrownBy(() -> TransformersVit.write(
                        folder,
                        new PretrainedVit(
                                network(config(Pool.MEAN, 0, Distillation.NONE, 0), 5),
                                FIVE,
                                Standardization.signed(3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("transformers has no vision transformer with a pool of MEAN");
        assertThat(folder).isEmptyDirectory();
    }

    private String refusal(String key, Object value) throws IOException {
        ObjectNode config =
                (ObjectNode) JSON.readTree(GOLDEN.resolve("vit/config.json").toFile());
        config.set(key, JSON.valueToTree(value));
        Files.write(folder.resolve("config.json"), JSON.writeValueAsBytes(config));
        Path weights = folder.resolve("model.safetensors");
        if (!Files.exists(weights)) Files.copy(GOLDEN.resolve("vit/model.safetensors"), weights);
        try {
            TransformersVit.read(folder);
            return "";
        } catch (IOException e) {
            assertThat(e.getMessage()).contains(folder.toString());
            return e.getMessage();
        }
    }

    @Test
    void aConfigThatIsNotThatOfTheWeightsIsRefusedInOneSentence() throws IOException {
        assertThat(refusal("hidden_act", "gelu_new")).contains("hidden_act must be gelu: '\"gelu_new\"'");
        assertThat(refusal("model_type", "swin"))
                .contains("model_type must be one of")
                .contains("swin");
        assertThat(refusal("hidden_size", 1 << 30)).isNotEmpty();
        assertThat(refusal("hidden_size", "many")).contains("hidden_size must be a whole number");
        assertThat(refusal("num_hidden_layers", 100)).contains("numbers for a network of");
        assertThat(refusal("image_size", 24)).contains("numbers for a network of");
        assertThat(refusal("image_size", List.of(16, 32))).contains("the same for height and width");
        assertThat(refusal("image_size", 18)).contains("size must be a multiple of the patch 4: 18");
        assertThat(refusal("id2label", Map.of("0", "cat"))).contains("id2label names 1 classes, the classifier has 5");
        assertThat(refusal("qkv_bias", false)).contains("qkv_bias must be true: 'false'");
        assertThat(refusal("num_attention_heads", 5)).contains("heads must divide the width 32: 5");
        assertThat(refusal("patch_size", 0)).contains("patch must be in 1..1024: 0");
        Files.delete(folder.resolve("model.safetensors"));
        Files.createFile(folder.resolve("model.safetensors.index.json"));
        assertThatThrownBy(() -> TransformersVit.read(folder)).hasMessageContaining("model.safetensors.index.json");
    }

    @Test
    void nothingIsLeftOfWhatWasRead() throws IOException {
        try (var first = own()) {
            assertThat(logits(first.value(), golden.get("x"))).hasSize(10);
        }
        long before = Scope.live();
        try (var second = own()) {
            assertThat(logits(second.value(), golden.get("x"))).hasSize(10);
        }
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    private static Scope.Owned<VisionTransformer> own() {
        return Scope.own(() -> {
            try {
                return TransformersVit.read(GOLDEN.resolve("vit")).network();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }
}
