package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Deviation;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.Supplier;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fast formulation in bf16 against the engine's own in double precision, on the same bf16 input. */
class LinearGroupNormTest {
    /** What goes in; on the fast side leaves in bf16, on the other in fp64. */
    private record Inputs(Tensor x, Tensor scale, Tensor shift, Tensor weight, Tensor bias) {
        Inputs in(ScalarType dtype) {
            return new Inputs(
                    leaf(x, dtype), leaf(scale, dtype), leaf(shift, dtype), leaf(weight, dtype), leaf(bias, dtype));
        }

        private static Tensor leaf(Tensor values, ScalarType dtype) {
            return values.to(dtype).detach().requires_grad_(true);
        }

        Tensor[] all() {
            return new Tensor[] {x, scale, shift, weight, bias};
        }
    }

    private static Inputs inputs(int channels, int size, double mean) {
        Rng rng = Rng.of(channels);
        Tensor x = rng.normal(3, channels, size, size + 2).add(new Scalar(mean)).to(ScalarType.BFloat16);
        return new Inputs(
                Layout.CHANNELS_LAST.apply(x),
                rng.normal(3, channels).mul(new Scalar(0.3)).to(ScalarType.BFloat16),
                rng.normal(3, channels).to(ScalarType.BFloat16),
                rng.uniform(channels).add(new Scalar(0.5)).to(ScalarType.BFloat16),
                rng.normal(channels).mul(new Scalar(0.2)).to(ScalarType.BFloat16));
    }

    private static GroupNormImpl norm(Inputs inputs) {
        GroupNormImpl norm = GroupNorm.of(inputs.weight().size(0));
        norm.weight().set_data(inputs.weight());
        norm.bias().set_data(inputs.bias());
        return norm;
    }

    private static Tensor plain(Inputs in) {
        Tensor y = Kernels.groupNorm(in.x().contiguous(), GroupNorm.GROUPS, in.weight(), in.bias(), GroupNorm.EPSILON);
        Tensor gain = in.scale().add(new Scalar(1.0)).unsqueeze(2).unsqueeze(3);
        return y.mul(gain).add(in.shift().unsqueeze(2).unsqueeze(3));
    }

    private static void backward(Tensor y, Tensor weights) {
        y.mul(weights.to(Tensors.dtype(y))).sum().backward();
    }

    @ParameterizedTest
    @CsvSource({"32, 4, 0", "64, 16, 0", "96, 8, 1", "64, 8, 3", "64, 1, 0"})
    void valuesAndGradientsStayWithinTheRoundingOfBf16(int channels, int size, double mean) {
        Scope.run(() -> {
            Inputs given = inputs(channels, size, mean);
            Tensor weights = Rng.of(9).normal(Tensors.shape(given.x())).to(ScalarType.BFloat16);
            Inputs exact = given.in(ScalarType.Double);
            Tensor wanted = plain(exact);
            backward(wanted, weights);

            Inputs fast = given.in(ScalarType.BFloat16);
            GroupNormImpl norm = norm(fast);
            Tensor y = LinearGroupNorm.apply(norm, fast.x(), fast.scale(), fast.shift());
            backward(y, weights);

            double slack = 1 + mean; // a mean of m deviations costs a factor of m in the sums that cancel
            assertThat(Tensors.dtype(y)).isEqualTo(ScalarType.BFloat16);
            assertThat(Deviation.relative(y, wanted)).isLessThan(0.005 * slack);
            assertThat(gradientError(fast.x(), exact.x())).isLessThan(0.008 * slack);
            assertThat(gradientError(fast.scale(), exact.scale())).isLessThan(0.008 * slack);
            assertThat(gradientError(fast.shift(), exact.shift())).isLessThan(0.008);
            assertThat(gradientError(norm.weight(), exact.weight())).isLessThan(0.01 * slack);
            assertThat(gradientError(norm.bias(), exact.bias())).isLessThan(0.01);
        });
    }

    private static double gradientError(Tensor fast, Tensor exact) {
        return Deviation.relative(fast.mutable_grad(), exact.mutable_grad());
    }

    @Test
    void withoutModulationItIsTheNormalisation() {
        Scope.run(() -> {
            Inputs given = inputs(64, 8, 0.5);
            Inputs exact = given.in(ScalarType.Double);
            Tensor wanted = Kernels.groupNorm(
                    exact.x().contiguous(), GroupNorm.GROUPS, exact.weight(), exact.bias(), GroupNorm.EPSILON);
            Tensor y = LinearGroupNorm.apply(norm(given), given.x(), null, null);
            assertThat(Deviation.relative(y, wanted)).isLessThan(0.005);
        });
    }

    @Test
    void aFrozenNormalisationHandsGradientsOn() {
        Scope.run(() -> {
            Inputs given = inputs(64, 8, 0);
            Tensor weights = Rng.of(9).normal(Tensors.shape(given.x())).to(ScalarType.BFloat16);
            Inputs fast = given.in(ScalarType.BFloat16);
            GroupNormImpl frozen = norm(given);
            frozen.weight().requires_grad_(false);
            frozen.bias().requires_grad_(false);
            backward(LinearGroupNorm.apply(frozen, fast.x(), null, null), weights);
            GroupNormImpl trained = norm(fast);
            Inputs again = given.in(ScalarType.BFloat16);
            backward(LinearGroupNorm.apply(trained, again.x(), null, null), weights);
            assertThat(Tensors.floats(fast.x().mutable_grad()))
                    .containsExactly(Tensors.floats(again.x().mutable_grad()));
        });
    }

    @Test
    void theBackwardPassOutlivesTheBlockThatTidiedTheForwardPass() {
        Scope.run(() -> {
            Inputs fast = inputs(64, 8, 0).in(ScalarType.BFloat16);
            Supplier<Tensor> forward = () -> LinearGroupNorm.apply(norm(fast), fast.x(), fast.scale(), fast.shift());
            Tensor weights = Rng.of(9).normal(Tensors.shape(fast.x()));
            backward(forward.get(), weights);
            float[] once = Tensors.floats(fast.x().mutable_grad());
            fast.x().mutable_grad().zero_();
            backward(Scope.tidy(() -> Scope.tidy(forward)), weights);
            assertThat(Tensors.floats(fast.x().mutable_grad())).containsExactly(once);
        });
    }

    @Test
    void nothingIsLeftBehind() {
        Runnable step = () -> Scope.run(() -> {
            Inputs fast = inputs(64, 8, 0).in(ScalarType.BFloat16);
            backward(
                    LinearGroupNorm.apply(norm(fast), fast.x(), fast.scale(), fast.shift()),
                    fast.x().detach());
        });
        step.run();
        long before = Scope.live();
        for (int i = 0; i < 5; i++) step.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }
}
