package dev.calotype.checkpoint.vit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network that begins with the weights of another one. */
class VitTransferTest extends InScope {
    private static final Path GOLDEN = Path.of("src/test/resources/vit");

    @TempDir
    Path folder;

    private static float[] logits(VisionTransformer network, Tensor x) {
        return Scope.read(() -> Tensors.floats(network.forward(x)));
    }

    private static VisionTransformer fresh(PretrainedVit like, int size, int classes) {
        return new VisionTransformer(like.network().config(), new Ports(size, 3, classes), Rng.of(7));
    }

    @Test
    void itMakesOfPicturesWhatTheOtherOneMakesOfItsOwnPixels() throws IOException {
        PretrainedVit deit = TransformersVit.read(GOLDEN.resolve("deit"));
        VisionTransformer fresh =
                fresh(deit, deit.network().ports().size(), deit.classes().size());
        assertThat(VitTransfer.begin(fresh, deit.classes(), deit)).isEmpty();
        Tensor x = Rng.of(3)
                .uniform(2, 3, fresh.ports().size(), fresh.ports().size())
                .mul(new Scalar(2.0))
                .sub(new Scalar(1.0));
        assertThat(logits(fresh, x))
                .containsExactly(logits(deit.network(), deit.pixels().apply(x)), within(2e-4f));
    }

    @Test
    void itsPositionsAreResizedForAnotherSize() throws IOException {
        PretrainedVit small = TransformersVit.read(GOLDEN.resolve("registers"));
        PretrainedVit resized = TransformersVit.read(GOLDEN.resolve("registers"), 24);
        VisionTransformer fresh = fresh(small, 24, small.classes().size());
        VitTransfer.begin(fresh, small.classes(), small);
        Tensor x = Rng.of(3).uniform(1, 3, 24, 24);
        assertThat(logits(fresh, x))
                .containsExactly(logits(resized.network(), small.pixels().apply(x)), within(2e-4f));
    }

    @Test
    void rowsOfTheClassifierFollowTheNamesOfClasses() throws IOException {
        PretrainedVit vit = TransformersVit.read(GOLDEN.resolve("vit"));
        int size = vit.network().ports().size();
        List<String> others = List.of(vit.classes().get(2), "new", vit.classes().get(0));
        VisionTransformer fresh = fresh(vit, size, 3);
        assertThat(VitTransfer.begin(fresh, others, vit)).containsExactly("new");
        Tensor x = Rng.of(3).uniform(1, 3, size, size);
        float[] own = logits(fresh, x),
                theirs = logits(vit.network(), vit.pixels().apply(x));
        assertThat(own).containsExactly(new float[] {theirs[2], 0, theirs[0]}, within(2e-4f));
    }

    @Test
    void theNumbersOfTimmsClassesAreNoNames() throws IOException {
        PretrainedVit timm = VitTransfer.read(GOLDEN.resolve("timm-vit.safetensors"));
        VisionTransformer fresh = fresh(timm, timm.network().ports().size(), 2);
        assertThat(VitTransfer.begin(fresh, List.of("0", "1"), timm)).containsExactly("0", "1");
    }

    /** timm has most ViTs see pictures in [-1, 1], but DeiT, DINO and DINOv2 by ImageNet's mean and deviation. */
    @Test
    void whatTimmDoesToPixelsIsReadBesideItsWeights() throws IOException {
        Standardization signed = Standardization.signed(3);
        assertThat(VitTransfer.read(GOLDEN.resolve("timm-vit.safetensors")).pixels())
                .isEqualTo(signed);
        assertThat(VitTransfer.read(GOLDEN.resolve("timm-distilled.safetensors"))
                        .pixels())
                .isEqualTo(Standardization.IMAGENET);
        Path file = Files.copy(GOLDEN.resolve("timm-vit.safetensors"), folder.resolve("model.safetensors"));
        Path config = folder.resolve("config.json");
        Files.writeString(config, "{\"model_type\": \"vit\"}");
        assertThat(VitTransfer.read(file).pixels()).isEqualTo(signed);
        String own = "\"mean\": [0.1, 0.2, 0.3], \"std\": [0.4, 0.5, 0.6]";
        for (String json : List.of("{\"pretrained_cfg\": {" + own + "}}", "{" + own + "}")) {
            Files.writeString(config, json);
            assertThat(VitTransfer.read(file).pixels())
                    .isEqualTo(new Standardization(List.of(0.1, 0.2, 0.3), List.of(0.4, 0.5, 0.6)));
        }
        Files.writeString(config, "{\"pretrained_cfg\": {\"mean\": [0.1], \"std\": [0.4]}}");
        assertThatThrownBy(() -> VitTransfer.read(file))
                .isInstanceOf(IOException.class)
                .hasMessage("cannot use " + file + ": mean and std of " + config
                        + " must be of the 3 channels of the weights: [0.1] and [0.4]");
    }

    @Test
    void anotherShapeIsRefusedWithWhatToSet() throws IOException {
        PretrainedVit vit = TransformersVit.read(GOLDEN.resolve("vit"));
        VisionTransformerConfig c = vit.network().config();
        VisionTransformerConfig deeper = new VisionTransformerConfig(
                c.patch(),
                c.width(),
                c.depth() + 1,
                c.heads(),
                2 * c.hidden(),
                c.stem(),
                c.position(),
                c.pool(),
                0,
                c.distillation(),
                0,
                0,
                0,
                c.epsilon());
        VisionTransformer other =
                new VisionTransformer(deeper, new Ports(vit.network().ports().size(), 3, 2), Rng.of(1));
        assertThatThrownBy(() -> VitTransfer.begin(other, List.of("a", "b"), vit))
                .hasMessage("network must be that of the weights to begin with: set network.depth=" + c.depth()
                        + ", network.hidden=" + c.hidden());
    }

    @Test
    void weightsInSeveralFilesAreReadByTheirIndex() throws IOException {
        Map<String, Tensor> whole =
                SafeTensors.read(GOLDEN.resolve("vit/model.safetensors")).tensors();
        Map<String, Map<String, Tensor>> parts = new HashMap<>();
        whole.forEach((name, tensor) -> parts.computeIfAbsent(
                        "part-" + name.length() % 2 + ".safetensors", p -> new HashMap<>())
                .put(name, tensor));
        for (var part : parts.entrySet()) SafeTensors.write(folder.resolve(part.getKey()), part.getValue(), Map.of());
        String map = parts.entrySet().stream()
                .flatMap(part ->
                        part.getValue().keySet().stream().map(name -> '"' + name + "\": \"" + part.getKey() + '"'))
                .collect(Collectors.joining(", "));
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {" + map + "}}");
        Files.copy(GOLDEN.resolve("vit/config.json"), folder.resolve("config.json"));
        PretrainedVit one = TransformersVit.read(GOLDEN.resolve("vit")), several = TransformersVit.read(folder);
        Tensor x = Rng.of(3)
                .uniform(
                        1,
                        3,
                        one.network().ports().size(),
                        one.network().ports().size());
        assertThat(logits(several.network(), x)).containsExactly(logits(one.network(), x));
    }
}
