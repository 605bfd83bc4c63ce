package dev.calotype.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of PyTorch 2.15, which bench/peers/golden_pytorch.py wrote. */
class PyTorchTypesTest extends InScope {
    private static Path file(String name) {
        return Path.of("src/test/resources/pytorch").resolve(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"neg.pt", "neg_legacy.pt"})
    void theNegativeBitTurnsTheSign(String name) throws IOException {
        Tensor w = WeightFile.read(file(name)).get("w");
        assertThat(Tensors.doubles(w)).containsExactly(-1, -2, -3, -4);
    }

    @Test
    void theConjugateBitTurnsTheImaginarySign() throws IOException {
        Tensor w = WeightFile.read(file("conj.pt")).get("w");
        assertThat(Tensors.doubles(torch.view_as_real(w).flatten())).containsExactly(0, -1, 1, -2, 2, -3, 3, -4);
    }

    @Test
    void typesWithoutAStorageOfTheirOwnAreRead() throws IOException {
        var read = WeightFile.read(file("f8.pt"));
        assertThat(ElementType.of(read.get("w"))).isEqualTo(ElementType.F8_E4M3);
        assertThat(Tensors.doubles(read.get("w").to(ScalarType.Float))).containsExactly(0, 1, 2, 3);
        assertThat(ElementType.of(read.get("v"))).isEqualTo(ElementType.U64);
        assertThat(Tensors.doubles(read.get("v").to(ScalarType.Long))).containsExactly(0, 1, 2);
        Tensor u16 = WeightFile.read(file("u16_legacy.pt")).get("w");
        assertThat(ElementType.of(u16)).isEqualTo(ElementType.U16);
        assertThat(Tensors.doubles(u16.to(ScalarType.Long))).containsExactly(0, 1, 2, 40000);
    }

    @Test
    void theWeightsOfATorchScriptProgramAreReadWithoutItsCode() throws IOException {
        assertThat(WeightFile.read(file("script.pt"))).containsOnlyKeys("weight", "bias");
    }
}
