package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class DropoutTest {
    @Test
    void theMeanStaysAndTheRightShareIsZero() {
        Dropout dropout = new Dropout(0.3);
        dropout.reseed(1);
        Scope.run(() -> {
            double[] values = Tensors.doubles(dropout.apply(torch.ones(200, 500)));
            double sum = 0, zeros = 0;
            for (double value : values) {
                if (value != 0) assertThat(value).isCloseTo(1 / 0.7, within(1e-6));
                sum += value;
                zeros += value == 0 ? 1 : 0;
            }
            // five standard deviations of 100,000 draws
            assertThat(zeros / values.length).isCloseTo(0.3, within(0.0073));
            assertThat(sum / values.length).isCloseTo(1, within(0.0104));
        });
    }

    @Test
    void masksDependOnTheSeedAlone() {
        Scope.run(() -> {
            Tensor x = torch.ones(1000);
            float[] first = masked(new Dropout(0.5), 7, x);
            torch.rand(10);
            assertThat(masked(new Dropout(0.5), 7, x)).containsExactly(first);
            assertThat(masked(new Dropout(0.5), 8, x)).isNotEqualTo(first);
        });
    }

    private static float[] masked(Dropout dropout, long seed, Tensor x) {
        dropout.reseed(seed);
        return Tensors.floats(dropout.apply(x));
    }

    @Test
    void inferencePassesThrough() {
        Scope.run(() -> {
            Tensor x = torch.ones(100);
            assertThat(Tensors.floats(Scope.inference(() -> new Dropout(0.9).apply(x))))
                    .containsOnly(1);
            assertThat(Tensors.floats(new Dropout(0).apply(x))).containsOnly(1);
        });
    }

    @Test
    void keepsTheElementType() {
        Scope.run(() -> {
            Tensor y = new Dropout(0.5).apply(torch.ones(10).to(ScalarType.BFloat16));
            assertThat(Tensors.dtype(y)).isEqualTo(ScalarType.BFloat16);
        });
    }

    @Test
    void probabilityIsBelowOne() {
        assertThatThrownBy(() -> new Dropout(1)).hasMessage("dropout must be in [0, 1): 1.0");
        assertThatThrownBy(() -> new Dropout(Double.NaN)).hasMessage("dropout must be in [0, 1): NaN");
    }
}
