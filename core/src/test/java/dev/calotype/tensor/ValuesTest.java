package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class ValuesTest {
    private static final float[] HARD = {
        0,
        -0f,
        1,
        1 + 0x1p-8f,
        1 + 0x1.8p-7f,
        -1.00390625f,
        1e-40f,
        Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.intBitsToFloat(-1)
    };

    @Test
    void halvesAreRoundedAsTheEngineRounds() {
        Scope.run(() -> {
            float[] values = new float[1000 + HARD.length];
            System.arraycopy(Tensors.floats(Rng.of(1).normal(1000)), 0, values, 0, 1000);
            System.arraycopy(HARD, 0, values, 1000, HARD.length);
            Tensor like = Tensors.of(0.0).to(ScalarType.BFloat16);
            Tensor made = Values.halves(values, like, values.length);
            Tensor wanted = Tensors.of(values, values.length).to(ScalarType.BFloat16);
            assertThat(Tensors.dtype(made)).isEqualTo(ScalarType.BFloat16);
            assertThat(Tensors.floats(made)).containsExactly(Tensors.floats(wanted));
            assertThat(Values.read(made)).containsExactly(Tensors.floats(wanted));
        });
    }

    @Test
    void valuesAreReadInRowMajorOrderWhateverTheLayout() {
        Scope.run(() -> {
            Tensor x = Tensors.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
            assertThat(Values.read(x.narrow(1, 1, 2))).containsExactly(2, 3, 5, 6);
            assertThat(Values.read(x.t().to(ScalarType.BFloat16))).containsExactly(1, 4, 2, 5, 3, 6);
        });
    }

    @Test
    void otherTypesAreRefused() {
        Scope.run(() -> assertThatThrownBy(() -> Values.read(Tensors.of(1, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected fp32 or bf16: Long"));
    }
}
