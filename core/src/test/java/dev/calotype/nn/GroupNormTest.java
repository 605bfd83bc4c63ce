package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Awake;
import dev.calotype.Deviation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupNormTest {
    @Test
    void everyGroupHasMeanZeroAndVarianceOne() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(2, 64, 8, 8).mul(new Scalar(3.0)).add(new Scalar(5.0));
            Tensor groups = GroupNorm.apply(GroupNorm.of(64), x).reshape(2, 32, -1);
            for (double mean : Tensors.doubles(groups.mean(2))) assertThat(mean).isCloseTo(0, within(1e-5));
            for (double square : Tensors.doubles(groups.pow(new Scalar(2.0)).mean(2)))
                assertThat(square).isCloseTo(1, within(1e-3));
        });
    }

    @Test
    void channelsLastBf16StaysNearFp32InBothDirections() {
        Scope.run(() -> {
            GroupNormImpl half = Awake.network(GroupNorm.of(64), 1);
            GroupNormImpl full = Awake.network(GroupNorm.of(64), 1);
            Tensor values = Rng.of(2).normal(4, 64, 16, 16).add(new Scalar(1.0));
            Tensor x =
                    Layout.CHANNELS_LAST.apply(values.to(ScalarType.BFloat16)).requires_grad_(true);
            Tensor exact = x.detach().to(ScalarType.Float).contiguous().requires_grad_(true);
            Tensor weights = Rng.of(3).normal(4, 64, 16, 16);
            Tensor y = GroupNorm.apply(half, x);
            Tensor wanted = GroupNorm.apply(full, exact);
            assertThat(Tensors.dtype(y)).isEqualTo(ScalarType.BFloat16);
            assertThat(Tensors.strides(y)).containsExactly(64 * 16 * 16, 1, 64 * 16, 64);
            assertThat(Deviation.relative(y, wanted)).isLessThan(0.005);
            y.to(ScalarType.Float).mul(weights).sum().backward();
            wanted.mul(weights).sum().backward();
            assertThat(Deviation.relative(x.mutable_grad(), exact.mutable_grad()))
                    .isLessThan(0.006);
            assertThat(Deviation.relative(
                            half.weight().mutable_grad(), full.weight().mutable_grad()))
                    .isLessThan(0.01);
            assertThat(Deviation.relative(
                            half.bias().mutable_grad(), full.bias().mutable_grad()))
                    .isLessThan(0.01);
        });
    }

    /** One image or many: the size of the batch must not choose how it is rounded. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8, 16, 32})
    void anImageInBf16IsTheSameToTheBitInWhateverBatch(int side) {
        Scope.run(() -> {
            GroupNormImpl norm = Awake.network(GroupNorm.of(64), 1);
            norm.to(ScalarType.BFloat16, false);
            Tensor x = Layout.CHANNELS_LAST.apply(
                    Rng.of(2).normal(32, 64, side, side).to(ScalarType.BFloat16));
            Tensor all = GroupNorm.apply(norm, x);
            for (int i = 0; i < 3; i++) {
                Tensor alone = GroupNorm.apply(norm, x.narrow(0, i, 1).clone());
                assertThat(Deviation.largest(alone, all.narrow(0, i, 1))).isZero();
            }
        });
    }

    @Test
    void channelsFillTheGroups() {
        assertThatThrownBy(() -> GroupNorm.of(48)).hasMessage("channels must be a multiple of 32: 48");
    }
}
