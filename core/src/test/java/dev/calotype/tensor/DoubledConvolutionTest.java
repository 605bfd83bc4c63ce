package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Deviation;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Four kernels of 2 x 2 against one of 3 x 3 on the doubled map, in double precision. */
class DoubledConvolutionTest {
    private record Leaves(Tensor x, Tensor weight, Tensor bias) {
        static Leaves of(ScalarType dtype, long... sizes) { // N, C, C', H, W
            Rng rng = Rng.of(3);
            return new Leaves(
                            rng.normal(sizes[0], sizes[1], sizes[3], sizes[4]),
                            Tensors.scale(0.1, rng.normal(sizes[2], sizes[1], 3, 3)),
                            rng.normal(sizes[2]))
                    .in(dtype);
        }

        /** The same numbers once more, the maps with the channels last. */
        Leaves in(ScalarType dtype) {
            return new Leaves(leaf(x, dtype), leaf(weight, dtype), leaf(bias, dtype));
        }

        private static Tensor leaf(Tensor values, ScalarType dtype) {
            Tensor typed = values.detach().to(dtype).clone();
            return (typed.dim() == 4 ? typed.contiguous(MemoryFormat.ChannelsLast) : typed).requires_grad_(true);
        }

        Tensor doubled() {
            return DoubledConvolution.apply(x, weight, bias);
        }

        Tensor plain() {
            long[] one = {1, 1};
            Tensor large = Kernels.upsampleNearest(x, 2 * x.size(2), 2 * x.size(3));
            return torch.conv2d(large, weight, new TensorOptional(bias), one, one, one, 1);
        }

        Tensor[] gradients() {
            return new Tensor[] {x.mutable_grad(), weight.mutable_grad(), bias.mutable_grad()};
        }
    }

    /** Values and gradients of both, the result used twice. */
    private static void agree(Leaves given, ScalarType dtype, double rounding) {
        Leaves exact = given.in(ScalarType.Double), ours = given.in(dtype);
        Tensor wanted = exact.plain(), made = ours.doubled();
        Tensor weights = Rng.of(9).normal(Tensors.shape(wanted)).to(dtype);
        UnaryOperator<Tensor> loss =
                y -> y.mul(weights.to(Tensors.dtype(y))).sum().add(y.sum());
        loss.apply(wanted).backward();
        loss.apply(made).backward();
        assertThat(Tensors.dtype(made)).isEqualTo(dtype);
        assertThat(Deviation.relative(made, wanted)).isLessThan(rounding);
        for (int i = 0; i < 3; i++)
            assertThat(Deviation.relative(ours.gradients()[i], exact.gradients()[i]))
                    .isLessThan(rounding);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1, 1", "2, 3, 5, 4, 7", "3, 8, 4, 9, 2", "1, 16, 16, 8, 8"})
    void valuesAndGradientsAreThoseOfThePlainForm(long n, long in, long out, long height, long width) {
        Scope.run(() -> {
            Leaves given = Leaves.of(ScalarType.BFloat16, n, in, out, height, width);
            agree(given, ScalarType.Double, 1e-12);
            agree(given, ScalarType.Float, 1e-5);
        });
    }

    @Test
    void inHalfThePrecisionTheyDifferByRounding() {
        Scope.run(() -> agree(Leaves.of(ScalarType.BFloat16, 4, 32, 48, 16, 8), ScalarType.BFloat16, 0.006));
    }

    @Test
    void theSameAgainIsTheSameToTheBit() {
        Scope.run(() -> {
            Leaves one = Leaves.of(ScalarType.BFloat16, 4, 32, 32, 16, 16), two = one.in(ScalarType.BFloat16);
            for (Leaves each : new Leaves[] {one, two}) {
                Tensor made = each.doubled();
                made.mul(made).sum().backward();
            }
            for (int i = 0; i < 3; i++)
                assertThat(Tensors.floats(one.gradients()[i])).isEqualTo(Tensors.floats(two.gradients()[i]));
        });
    }

    @Test
    void frozenWeightsHandGradientsOn() {
        Scope.run(() -> {
            Leaves learned = Leaves.of(ScalarType.Float, 2, 4, 4, 8, 8), frozen = learned.in(ScalarType.Float);
            frozen.weight().requires_grad_(false);
            frozen.bias().requires_grad_(false);
            learned.doubled().sum().backward();
            frozen.doubled().sum().backward();
            assertThat(Tensors.floats(frozen.x().mutable_grad()))
                    .isEqualTo(Tensors.floats(learned.x().mutable_grad()));
            assertThat(frozen.weight().mutable_grad().defined()).isFalse();
        });
    }

    @Test
    void theBackwardPassHoldsNoDoubledMap() {
        Scope.run(() -> {
            Leaves leaves = Leaves.of(ScalarType.BFloat16, 4, 32, 1, 32, 32);
            long map = 2 * leaves.x().numel(); // bytes
            assertThat(most(leaves::doubled)).isLessThan(map);
            assertThat(most(leaves::plain)).isGreaterThanOrEqualTo(4 * map);
        });
    }

    /** Bytes that are alive at once, with what the backward pass wants. */
    private static long most(Supplier<Tensor> result) {
        Runnable forward = () -> Scope.run(() -> Scope.tidy(result));
        return new LiveTensors(forward).of(forward).most();
    }
}
