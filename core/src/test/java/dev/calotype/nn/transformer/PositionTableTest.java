package dev.calotype.nn.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.nn.transformer.PositionTable.Cubic;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PositionTableTest {
    private final PointerScope scope = new PointerScope();
    private Map<String, Tensor> golden;

    @BeforeEach
    void read() throws IOException {
        golden = SafeTensors.read(Path.of("src/test/resources/vit/golden.safetensors"))
                .tensors();
    }

    @AfterEach
    void free() {
        scope.close();
    }

    @Test
    void aTableIsResizedAsTransformersAndAsTimmDo() {
        for (int to : new int[] {3, 7})
            for (Cubic cubic : Cubic.values()) {
                String name = cubic.name().toLowerCase(java.util.Locale.ROOT) + "." + to;
                assertThat(Tensors.floats(PositionTable.resize(golden.get("table"), 4, to, cubic)))
                        .as(name)
                        .containsExactly(Tensors.floats(golden.get(name)), within(1e-5f));
            }
    }

    @Test
    void sinesAndCosinesAreThoseOfBigVision() {
        assertThat(PositionTable.sinCos(3, 4, 16)).containsExactly(Tensors.floats(golden.get("sincos")), within(1e-6f));
        assertThatThrownBy(() -> PositionTable.sinCos(3, 4, 6)).hasMessageContaining("multiple of 4");
    }

    @Test
    void aTableOfAnotherGridIsRefused() {
        assertThatThrownBy(() -> PositionTable.resize(golden.get("table"), 5, 7, Cubic.TIMM))
                .hasMessage("16 positions are not 5 x 5");
    }
}
