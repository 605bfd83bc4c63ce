package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Awake;
import dev.calotype.Deviation;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Without gradients in bf16, against the engine's own in double precision on the same input. */
class ComputedGroupNormTest {
    @ParameterizedTest
    @CsvSource({"32, 4, 0", "64, 32, 0", "96, 8, 1", "128, 16, 3", "64, 2, 0", "256, 32, 1", "64, 160, 0"})
    void valuesStayWithinTheRoundingOfBf16(int channels, int size, double mean) {
        Scope.read(() -> {
            GroupNormImpl norm = norm(channels);
            Tensor x = maps(3, channels, size, mean);
            Tensor told = Rng.of(5).normal(3, 2 * channels).to(ScalarType.BFloat16);
            Tensor plain = Kernels.groupNorm(
                    x.to(ScalarType.Double).contiguous(),
                    GroupNorm.GROUPS,
                    norm.weight().to(ScalarType.Double),
                    norm.bias().to(ScalarType.Double),
                    GroupNorm.EPSILON);
            Tensor[] scaleShift =
                    Tensors.chunk(told.to(ScalarType.Double).unsqueeze(2).unsqueeze(3), 2, 1);
            Tensor modulated = plain.mul(scaleShift[0].add(new Scalar(1.0))).add(scaleShift[1]);
            double slack = 1 + mean; // a mean of m deviations costs a factor of m in the sums that cancel
            Tensor y = ComputedGroupNorm.apply(norm, x, told);
            assertThat(Tensors.dtype(y)).isEqualTo(ScalarType.BFloat16);
            assertThat(Tensors.strides(y)).isEqualTo(Tensors.strides(x));
            assertThat(Deviation.relative(y, modulated)).isLessThan(0.005 * slack);
            assertThat(Deviation.relative(ComputedGroupNorm.apply(norm, x, null), plain))
                    .isLessThan(0.005 * slack);
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 16, 32, 64})
    void anImageIsTheSameToTheBitInWhateverBatch(int side) {
        Scope.read(() -> {
            GroupNormImpl norm = norm(64);
            Tensor x = maps(32, 64, side, 0), told = Rng.of(5).normal(32, 128).to(ScalarType.BFloat16);
            Tensor all = GroupNorm.apply(norm, x, told), plain = GroupNorm.apply(norm, x);
            for (int i = 0; i < 3; i++) {
                Tensor one = x.narrow(0, i, 1).clone(), its = told.narrow(0, i, 1);
                assertThat(Deviation.largest(GroupNorm.apply(norm, one, its), all.narrow(0, i, 1)))
                        .isZero();
                assertThat(Deviation.largest(GroupNorm.apply(norm, one), plain.narrow(0, i, 1)))
                        .isZero();
            }
            return null;
        });
    }

    @Test
    void whatIsNotANumberStaysSo() {
        float[] y = Scope.read(() -> {
            Tensor x = maps(2, 32, 4, 0);
            x.narrow(0, 1, 1).narrow(1, 3, 1).fill_(new Scalar(Double.NaN));
            return Tensors.floats(ComputedGroupNorm.apply(norm(32), x, null));
        });
        int picture = 32 * 4 * 4, channel = 4 * 4;
        for (int i = 0; i < y.length; i++)
            assertThat(Float.isNaN(y[i])).isEqualTo(i >= picture && (i - picture) / channel == 3);
    }

    @Test
    void nothingIsLeftBehind() {
        GroupNormImpl norm = norm(64);
        Runnable use = () -> Scope.read(() -> ComputedGroupNorm.apply(norm, maps(2, 64, 8, 0), null));
        use.run();
        long before = Scope.live();
        for (int i = 0; i < 5; i++) use.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    private static GroupNormImpl norm(int channels) {
        GroupNormImpl norm = Awake.network(GroupNorm.of(channels), 1);
        norm.to(ScalarType.BFloat16, false);
        return norm;
    }

    private static Tensor maps(int n, int channels, int side, double mean) {
        return Layout.CHANNELS_LAST.apply(
                Rng.of(2).normal(n, channels, side, side).add(new Scalar(mean)).to(ScalarType.BFloat16));
    }
}
