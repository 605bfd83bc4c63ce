package dev.calotype.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Shared;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.BatchNormOptions;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Conv2dOptions;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsTest extends InScope {
    private static final class Net extends Module {
        private final Conv2dImpl qkv =
                register_module("qkv", new Conv2dImpl(new Conv2dOptions(2, 6, new LongPointer(1, 1))));
        private final BatchNorm2dImpl norm = register_module("norm", new BatchNorm2dImpl(new BatchNormOptions(6)));
        private final LinearImpl head = register_module("head", new LinearImpl(6, 2));
    }

    @TempDir
    Path folder;

    private Net net;

    @BeforeEach
    void make() {
        net = new Net();
    }

    private static Map<String, Tensor> given() {
        Map<String, Tensor> given = new LinkedHashMap<>();
        given.put("head.weight", Rng.of(1).normal(2, 6));
        given.put("head.bias", Rng.of(2).normal(2).to(ScalarType.Double));
        given.put("qkv.weight", Rng.of(3).normal(6, 2, 1));
        given.put("qkv.bias", Rng.of(4).normal(6).to(ScalarType.BFloat16));
        given.put("norm.weight", Rng.of(5).normal(6));
        given.put("norm.bias", Rng.of(6).normal(6));
        given.put("norm.running_mean", Rng.of(7).normal(6));
        given.put("norm.running_var", Rng.of(8).uniform(6));
        return given;
    }

    @Test
    void weightsAreCopiedConvertedAndReshaped() {
        Tensor parameter = net.qkv.weight();
        Weights.load(net, given());
        assertThat(Tensors.floats(parameter)).containsExactly(Tensors.floats(given().get("qkv.weight")));
        assertThat(Tensors.shape(net.qkv.weight())).containsExactly(6, 2, 1, 1);
        assertThat(Tensors.floats(net.qkv.bias())).containsExactly(Tensors.floats(given().get("qkv.bias")));
        assertThat(Tensors.floats(net.norm.running_var()))
                .containsExactly(Tensors.floats(given().get("norm.running_var")));
        assertThat(Tensors.floats(net.head.bias())).containsExactly(Tensors.floats(given().get("head.bias")));
        assertThat(parameter.requires_grad()).isTrue();
        assertThat(Tensors.dtype(net.head.bias())).isEqualTo(ScalarType.Float);
    }

    @Test
    void ofIsTheInverseOfLoad() throws IOException {
        Map<String, Tensor> weights = Weights.of(net);
        assertThat(weights.keySet()).contains("norm.num_batches_tracked").hasSize(9);
        SafeTensors.write(folder.resolve("x"), weights, Map.of());
        Net other = new Net();
        Weights.load(other, SafeTensors.read(folder.resolve("x")).tensors());
        assertThat(Digest.of(Weights.of(other))).isEqualTo(Digest.of(weights));
    }

    @Test
    void missingAndUnexpectedWeightsAreNamedWithTheNearest() {
        Map<String, Tensor> weights = given();
        weights.put("hed.weight", weights.remove("head.weight"));
        weights.put("zzz", torch.ones(1));
        String before = Digest.of(Weights.of(net));
        assertThatThrownBy(() -> Weights.load(net, weights))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the names of the weights are not those of the network, "
                        + "1 missing: head.weight (there is 'hed.weight'); 2 unexpected: 'hed.weight', 'zzz'");
        assertThat(Digest.of(Weights.of(net))).isEqualTo(before);
    }

    @Test
    void wrongShapesAndTypesAreNamedAndNothingIsCopied() {
        Map<String, Tensor> weights = given();
        weights.put("head.weight", torch.ones(6, 2));
        weights.put("norm.num_batches_tracked", torch.ones());
        String before = Digest.of(Weights.of(net));
        assertThatThrownBy(() -> Weights.load(net, weights))
                .hasMessageContaining("head.weight wants shape [2, 6], not [6, 2]")
                .hasMessageContaining("norm.num_batches_tracked wants I64, not F32");
        assertThat(Digest.of(Weights.of(net))).isEqualTo(before);
    }

    @Test
    void loadingLeavesNothingBehind() {
        Map<String, Tensor> weights = given();
        Weights.load(net, weights);
        long before = Scope.live();
        for (int i = 0; i < 10; i++) Weights.load(net, weights);
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @Test
    void namesAreRewrittenByTheirLongestBeginning() {
        WeightNames names = new WeightNames(Map.of("a", "x", "a.b", "y.z", "q", ""));
        assertThat(names.rename("a.c")).isEqualTo("x.c");
        assertThat(names.rename("a.b")).isEqualTo("y.z");
        assertThat(names.rename("a.b.c")).isEqualTo("y.z.c");
        assertThat(names.rename("ab.c")).isEqualTo("ab.c");
        assertThat(names.rename("q.w")).isEqualTo("w");
        for (String name : new String[] {"a.c", "a.b.c", "q.w"})
            assertThat(names.inverse().rename(names.rename(name))).isEqualTo(name);
        assertThat(new WeightNames(Map.of("", "net")).rename("conv.weight")).isEqualTo("net.conv.weight");
        assertThatThrownBy(() -> new WeightNames(Map.of("a", "c", "b", "c")).inverse())
                .hasMessageEndingWith("both become c");
        assertThatThrownBy(() -> new WeightNames(Map.of("a.", "b"))).hasMessageContaining("without its last dot");
        assertThatThrownBy(() -> WeightNames.dropping("m").rename(Map.of("m.x", torch.ones(1), "x", torch.ones(1))))
                .hasMessage("two weights become x");
    }

    @Test
    void dataParallelsPrefixIsDropped() throws IOException {
        Map<String, Tensor> weights = WeightNames.dropping("module")
                .rename(WeightFile.read(Shared.path("data/weights-and-vocab/resnet-cifar10/resnet20-12fca82f.th")));
        assertThat(weights).hasSize(97).containsKeys("conv1.weight", "linear.bias");
    }

    @Test
    void aWeightFileIsKnownByItsContent() throws IOException {
        Path file = folder.resolve("misleading.pth");
        SafeTensors.write(file, Map.of("w", torch.ones(2)), Map.of());
        assertThat(WeightFile.read(file)).containsOnlyKeys("w");
        Files.writeString(file, "version https://git-lfs.github.com/spec/v1\n");
        assertThatThrownBy(() -> WeightFile.read(file)).hasMessageContaining("pointer of Git LFS");
        Files.writeString(file, "<html>404: not found</html>");
        assertThatThrownBy(() -> WeightFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("begins neither as a safetensors file nor as one of torch.save");
        assertThatThrownBy(() -> WeightFile.read(folder)).hasMessageContaining("is a folder");
        assertThatThrownBy(() -> WeightFile.read(Files.writeString(file, "x"))).hasMessageContaining("1 bytes");
    }

    /** So large that several threads read it. */
    private static final class Large extends Module {
        Large() {
            super("Large");
            for (int i = 0; i < 5; i++) register_module("layer" + i, new LinearImpl(2048, 2048));
        }
    }

    private Map<String, StoredTensor> stored(Large network) throws IOException {
        Path file = folder.resolve("large.safetensors");
        SafeTensors.write(file, Weights.of(network), Map.of());
        return WeightFile.stored(file);
    }

    @Test
    void aLargeNetworkIsReadBySeveralToTheBit() throws IOException {
        Large written = new Large(), read = new Large();
        Weights.load(read, stored(written), Precision.FP32);
        assertThat(Digest.of(Weights.of(read))).isEqualTo(Digest.of(Weights.of(written)));
        assertThat(Tensors.parameters(read).get("layer0.weight").requires_grad())
                .isTrue();
    }

    @Test
    void whatCannotBeReadOfALargeNetworkIsSaidInOneSentence() throws IOException {
        Large network = new Large();
        Map<String, StoredTensor> stored = stored(network);
        Files.delete(folder.resolve("large.safetensors"));
        assertThatThrownBy(() -> Weights.load(network, stored, Precision.BF16))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("large.safetensors was removed while it was read");
    }
}
