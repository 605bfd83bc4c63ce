package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Awake;
import dev.calotype.Deviation;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttentionTest {
    /** softmax(q k' / sqrt(d)) v as the paper writes it, in double precision. */
    private static Tensor formula(Tensor q, Tensor k, Tensor v) {
        Scalar scale = new Scalar(1 / Math.sqrt(q.size(3)));
        return torch.softmax(q.matmul(k.transpose(2, 3)).mul(scale), -1).matmul(v);
    }

    private static Tensor leaf(Tensor values, ScalarType type) {
        return values.detach().to(type).clone().requires_grad_(true);
    }

    /** The rounding of bf16 is 2^-9; sums and the softmax make it at most a few times as much. */
    @ParameterizedTest
    @CsvSource({"BFloat16, 0.012", "Float, 1e-5"})
    void trainingFormulationIsTheFormulaInBothDirections(String type, double bound) {
        Scope.run(() -> {
            ScalarType dtype = ScalarType.valueOf(type);
            Tensor[] made = new Tensor[3];
            Tensor[] exact = new Tensor[3];
            for (int i = 0; i < 3; i++) {
                made[i] = leaf(Rng.of(3).fork(i).normal(2, 2, 64, 32), dtype);
                exact[i] = leaf(made[i], ScalarType.Double);
            }
            Tensor weights = Rng.of(4).normal(2, 2, 64, 32);
            Tensor y = Attention.attend(made[0], made[1], made[2]);
            Tensor wanted = formula(exact[0], exact[1], exact[2]);
            assertThat(Tensors.dtype(y)).isEqualTo(dtype);
            assertThat(Deviation.relative(y, wanted)).isLessThan(bound);
            y.to(ScalarType.Float).mul(weights).sum().backward();
            wanted.mul(weights).sum().backward();
            for (int i = 0; i < 3; i++)
                assertThat(Deviation.relative(made[i].mutable_grad(), exact[i].mutable_grad()))
                        .isLessThan(bound);
        });
    }

    @Test
    void inferenceAndTrainingAgreeInBf16() {
        Scope.run(() -> {
            Tensor q = leaf(Rng.of(1).normal(2, 2, 64, 32), ScalarType.BFloat16);
            Tensor trained = Attention.attend(q, q, q);
            Tensor inferred = Scope.inference(() -> Attention.attend(q, q, q));
            assertThat(Deviation.relative(trained, inferred)).isLessThan(0.012);
        });
    }

    @Test
    void aFreshLayerIsTheIdentity() {
        Scope.run(() -> {
            Tensor x = Rng.of(2).normal(1, 64, 4, 4);
            assertThat(Tensors.floats(new Attention(64, 2).forward(x, null))).containsExactly(Tensors.floats(x));
        });
    }

    /** Attention has no idea of place: mirrored in, mirrored out. */
    @Test
    void knowsNoPlace() {
        Scope.run(() -> {
            Attention layer = Awake.network(new Attention(64, 2), 1);
            Tensor x = Rng.of(2).normal(2, 64, 4, 6);
            Tensor mirrored =
                    Scope.inference(() -> layer.forward(x.flip(3), null)).flip(3);
            Tensor y = Scope.inference(() -> layer.forward(x, null));
            assertThat(Deviation.relative(y, x)).isGreaterThan(1e-3);
            assertThat(Deviation.largest(mirrored, y)).isLessThan(1e-5);
        });
    }

    @Test
    void theLayerInBf16StaysNearFp32() {
        Scope.run(() -> {
            Attention half = Inference.prepare(Awake.network(new Attention(64, 2), 1), Precision.BF16);
            Attention full = new Attention(64, 2);
            Scope.read(() -> {
                var rounded = Tensors.parameters(half);
                Tensors.parameters(full).forEach((name, parameter) -> parameter.copy_(rounded.get(name)));
                return null;
            });
            Tensor x = leaf(Rng.of(2).normal(2, 64, 8, 8), ScalarType.BFloat16);
            Tensor exact = leaf(x, ScalarType.Float);
            Tensor y = half.forward(Layout.CHANNELS_LAST.apply(x), null);
            Tensor wanted = full.forward(exact, null);
            assertThat(Deviation.relative(y, wanted)).isLessThan(0.01);
            y.to(ScalarType.Float).pow(new Scalar(2.0)).sum().backward();
            wanted.pow(new Scalar(2.0)).sum().backward();
            assertThat(Deviation.relative(x.mutable_grad(), exact.mutable_grad()))
                    .isLessThan(0.02);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 30, 70, 100, 1000})
    void attentionOfAFewScoresAtATimeIsAttention(long most) {
        Scope.run(() -> {
            Tensor q = Rng.of(1).normal(2, 3, 10, 8),
                    k = Rng.of(2).normal(2, 3, 7, 8),
                    v = Rng.of(3).normal(2, 3, 7, 8);
            Tensor whole = Attention.attend(q, k, v);
            assertThat(Deviation.largest(AttentionSlices.attend(q, k, v, most), whole))
                    .isLessThan(1e-5);
        });
    }

    @Test
    void headsDivideTheChannels() {
        assertThatThrownBy(() -> new Attention(64, 3)).hasMessage("heads must divide the 64 channels: 3");
        assertThatThrownBy(() -> new Attention(64, 0)).hasMessage("heads must divide the 64 channels: 0");
    }
}
