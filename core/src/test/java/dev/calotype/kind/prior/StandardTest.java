package dev.calotype.kind.prior;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class StandardTest {
    private static final float[] ROWS = {.6f, .8f, .28f, .96f, 1, 0, -.6f, .8f};

    @Test
    void valuesHaveMeanZeroAndDeviationOneAndComeBack() {
        try (PointerScope scope = new PointerScope()) {
            Standard standard = Standard.of(ROWS, 2);
            Tensor rows = Tensors.of(ROWS, 4, 2), applied = standard.apply(rows);
            double[] columns = Tensors.doubles(applied.t());
            for (int j = 0; j < 2; j++) {
                double sum = 0, squares = 0;
                for (int i = 0; i < 4; i++) {
                    sum += columns[4 * j + i];
                    squares += columns[4 * j + i] * columns[4 * j + i];
                }
                assertThat(sum / 4).isCloseTo(0, Offset.offset(1e-6));
                assertThat(squares / 4).isCloseTo(1, Offset.offset(1e-5));
            }
            float[] back = Tensors.floats(standard.unit(applied));
            for (int i = 0; i < ROWS.length; i++) assertThat(back[i]).isCloseTo(ROWS[i], Offset.offset(1e-5f));
            assertThat(Tensors.floats(Standard.unitOf(Tensors.of(new float[] {3, 4}, 1, 2))))
                    .containsExactly(.6f, .8f);
        }
    }

    @Test
    void aValueThatNeverChangesDividesNothingByZero() {
        try (PointerScope scope = new PointerScope()) {
            Standard standard = Standard.of(new float[] {1, 2, 1, 4}, 2);
            assertThat(Tensors.floats(standard.apply(Tensors.of(new float[] {1, 2}, 1, 2))))
                    .containsExactly(0, -1);
        }
    }

    @Test
    void whatACheckpointKeepsIsTheSame() {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> kept = new LinkedHashMap<>();
            Standard.of(ROWS, 2).put(kept, "pictures");
            assertThat(Standard.of(kept, "pictures").mean())
                    .isEqualTo(Standard.of(ROWS, 2).mean());
            assertThat(Standard.of(kept, "pictures").deviation())
                    .isEqualTo(Standard.of(ROWS, 2).deviation());
        }
    }
}
