package dev.calotype.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Awake;
import dev.calotype.Deviation;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Inference;
import dev.calotype.nn.Layout;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackedConvolutionTest {
    @ParameterizedTest
    @CsvSource({
        "64, 64, 3, 1, 32",
        "3, 64, 3, 1, 16",
        "64, 3, 3, 1, 16",
        "64, 128, 3, 2, 8",
        "32, 48, 5, 1, 9",
        "128, 128, 3, 1, 1",
        "128, 384, 1, 1, 8"
    })
    void theResultIsThatOfTheLayerToTheBit(int in, int out, int kernel, int stride, int side) {
        Scope.run(() -> {
            Conv2dImpl plain = frozen(Convolutions.strided(in, out, kernel, stride));
            Conv2dImpl packed = read(plain, in, out, kernel, stride);
            for (int n : new int[] {2, 1, 5}) {
                Tensor x = picture(n, in, side);
                assertThat(Deviation.largest(forward(packed, x), forward(plain, x)))
                        .isZero();
                assertThat(new PackedConvolution(packed, stride, kernel / 2).suits(x))
                        .isFalse(); // gradients are on
            }
        });
    }

    @Test
    void changedWeightsArePackedAnew() {
        Scope.run(() -> {
            Conv2dImpl plain = frozen(Convolutions.same(32, 32, 3));
            Conv2dImpl packed = read(plain, 32, 32, 3, 1);
            Tensor x = picture(1, 32, 8);
            forward(packed, x);
            for (Conv2dImpl layer : new Conv2dImpl[] {plain, packed})
                layer.weight().mul_(new Scalar(2.0));
            assertThat(Deviation.largest(forward(packed, x), forward(plain, x))).isZero();
            Tensor others = Layout.CHANNELS_LAST.apply(plain.weight().neg());
            for (Conv2dImpl layer : new Conv2dImpl[] {plain, packed})
                layer.weight().set_data(others);
            assertThat(Deviation.largest(forward(packed, x), forward(plain, x))).isZero();
            assertThat(Tensors.floats(forward(packed, x).abs().sum())[0]).isPositive();
        });
    }

    @Test
    void whatIsPackedGoesWithTheLayer() {
        Tensor x = Scope.keep(() -> picture(1, 32, 8));
        Runnable use = () -> Scope.run(() -> forward(read(frozen(Convolutions.same(32, 32, 3)), 32, 32, 3, 1), x));
        use.run(); // operators are looked up once and kept
        System.gc();
        long before = Scope.live();
        use.run();
        System.gc();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
        x.close();
    }

    private static Tensor forward(Conv2dImpl layer, Tensor x) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return layer.forward(x);
        }
    }

    private static Tensor picture(int n, int channels, int side) {
        return Layout.CHANNELS_LAST.apply(
                Rng.of(7).normal(n, channels, side, side).to(ScalarType.BFloat16));
    }

    private static Conv2dImpl frozen(Conv2dImpl layer) {
        return Inference.prepare(Awake.network(layer, 3), Precision.BF16);
    }

    /** A layer of the same weights, made as one whose weights are read from a file. */
    private static Conv2dImpl read(Conv2dImpl like, int in, int out, int kernel, int stride) {
        Conv2dImpl layer = Blank.make(() -> Convolutions.strided(in, out, kernel, stride));
        layer.weight().set_data(Layout.CHANNELS_LAST.apply(like.weight().clone()));
        layer.bias().set_data(like.bias().clone());
        return Inference.prepare(layer, Precision.BF16);
    }
}
