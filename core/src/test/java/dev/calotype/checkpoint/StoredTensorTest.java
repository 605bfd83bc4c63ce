package dev.calotype.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.model.UNet;
import dev.calotype.model.UNetVariant;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Inference;
import dev.calotype.nn.Layout;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoredTensorTest extends InScope {
    private static final UNet.Config SMALL = new UNet.Config(
            32,
            List.of(1, 2),
            1,
            List.of(2),
            2,
            0,
            Conditioning.SHIFT,
            UNet.Resampling.CONVOLUTION,
            0,
            1,
            UNetVariant.IMPROVED_DDPM);

    @TempDir
    Path folder;

    private Path write(Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve("w.safetensors");
        SafeTensors.write(file, tensors, Map.of());
        return file;
    }

    /** Five megabytes, so that it is read in two pieces. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void isReadIntoAnotherTypeAndOrderPieceByPiece(Precision precision) throws IOException {
        Tensor x = Rng.of(1).normal(300, 1100, 2, 2);
        StoredTensor stored =
                WeightFile.stored(write(Map.of("x", x.to(ScalarType.Half)))).get("x");
        Tensor target = Layout.CHANNELS_LAST.emptyLike(x, precision.dtype());
        stored.into(target, StoredTensor.scratch());
        Tensor wanted = x.to(ScalarType.Half).to(precision.dtype());
        assertThat(target.equal(wanted)).isTrue();
        assertThat(stored.read().equal(x.to(ScalarType.Half))).isTrue();
    }

    @Test
    void isMadeOfOthersWhichAreReadOnlyThen() throws IOException {
        Path file = write(Map.of("a", Tensors.of(1, 2), "b", Tensors.of(3)));
        Map<String, StoredTensor> stored = WeightFile.stored(file);
        StoredTensor joined =
                StoredTensor.of(List.of(stored.get("a"), stored.get("b")), parts -> Tensors.cat(0, parts));
        assertThat(joined.shape()).containsExactly(3);
        assertThat(Tensors.floats(joined.changed(x -> x.narrow(0, 1, 2)).read()))
                .containsExactly(2, 3);
        Files.delete(file);
        assertThatThrownBy(joined::read).hasMessage(file + " was removed while it was read");
        write(Map.of("a", Tensors.of(1, 2, 5), "b", Tensors.of(3)));
        assertThatThrownBy(joined::read)
                .isInstanceOf(IOException.class)
                .hasMessage(file + " has changed while it was read");
    }

    @Test
    void aBlankLayerHasAShapeAndNoMemoryAndCannotBeWrittenTo() {
        LinearImpl layer = Blank.make(() -> Blank.linear(1 << 20, 1 << 20)); // four terabytes, if it had any
        assertThat(Tensors.shape(layer.weight())).containsExactly(1 << 20, 1 << 20);
        LinearImpl small = Blank.make(() -> Blank.linear(2, 3));
        try (NoGradGuard guard = new NoGradGuard()) {
            assertThatThrownBy(() -> small.weight().copy_(Tensors.of(new float[6], 3, 2)))
                    .hasMessageContaining("single memory location");
        }
        assertThat(Blank.linear(2, 3).weight().count_nonzero().item_long())
                .as("afterwards")
                .isPositive();
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aBlankNetworkThatIsReadIsTheOneThatIsLoadedAndPrepared(Precision precision) throws IOException {
        UNet.Ports ports = new UNet.Ports(3, 3, 4);
        UNet drawn = new UNet(SMALL, ports, Rng.of(5));
        Path file = write(Weights.of(drawn));
        UNet read = Blank.make(() -> new UNet(SMALL, ports));
        Weights.load(read, WeightFile.stored(file), precision);
        Inference.prepare(drawn, precision);
        Map<String, Tensor> wanted = Weights.of(drawn);
        assertThat(Weights.of(read).keySet()).isEqualTo(wanted.keySet());
        Weights.of(read).forEach((name, weight) -> {
            assertThat(Tensors.dtype(weight)).as(name).isEqualTo(Tensors.dtype(wanted.get(name)));
            assertThat(weight.equal(wanted.get(name))).as(name).isTrue();
            assertThat(weight.is_contiguous(
                            Layout.of(precision.dtype()) == Layout.CHANNELS_LAST && weight.dim() == 4
                                    ? MemoryFormat.ChannelsLast
                                    : MemoryFormat.Contiguous))
                    .as(name)
                    .isTrue();
        });
    }

    @Test
    void weightsThatDoNotFitLeaveTheNetworkAsItWas() throws IOException {
        LinearImpl layer = Blank.linear(2, 2);
        Tensor before = layer.weight().clone();
        Map<String, StoredTensor> stored = new LinkedHashMap<>(
                WeightFile.stored(write(Map.of("weight", Tensors.of(new float[6], 3, 2), "bias", Tensors.of(1, 2)))));
        assertThatThrownBy(() -> Weights.load(layer, stored, Precision.BF16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weight wants shape [2, 2], not [3, 2]");
        assertThat(layer.weight().equal(before)).isTrue();
    }

    @Test
    void aStorageThatManyTensorsShareDoesNotMakeMoreOfTheFileThanMemoryHas() throws IOException {
        Pickles program = Pickles.program().op("}(");
        for (int i = 0; i < 40; i++) program.text("x" + i).tensor("0", 10_000, 0, new long[] {10_000}, new long[] {1});
        Path file = Pickles.zip(folder.resolve("x.pt"), program.op("u").stop(), Map.of("0", new byte[40_000]));
        assertThatThrownBy(() -> PyTorchFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("share their storages so often");
    }
}
