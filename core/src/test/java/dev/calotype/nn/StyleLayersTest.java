package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Deviation;
import dev.calotype.nn.ModulatedConvolution.Demodulation;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Laws of the layers of StyleGAN2; golden numbers of whole networks are in StyleGan2Test. */
class StyleLayersTest {
    /** The definition of the paper: a kernel for each image. */
    @ParameterizedTest
    @EnumSource
    void everyImageIsConvolvedWithAKernelOfItsOwn(Demodulation demodulation) {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(3, 5, 6, 6),
                    weight = Rng.of(2).normal(4, 5, 3, 3),
                    styles = Rng.of(3).normal(3, 5);
            Tensor all = ModulatedConvolution.apply(x, weight, styles, Resample.NONE, demodulation);
            for (int n = 0; n < 3; n++) {
                Tensor w = weight.mul(styles.select(0, n).reshape(1, 5, 1, 1)); // (4, 5, 3, 3)
                if (demodulation == Demodulation.ON)
                    w = w.div(w.square().sum(1, 2, 3).sqrt().reshape(4, 1, 1, 1));
                assertThat(Deviation.largest(all.narrow(0, n, 1), Kernels.convolve(x.narrow(0, n, 1), w, 1, 1)))
                        .isLessThan(1e-5);
            }
        });
    }

    @Test
    void demodulationForgetsTheSizeOfAStyle() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(2, 8, 4, 4),
                    weight = Rng.of(2).normal(6, 8, 3, 3),
                    styles = Rng.of(3).normal(2, 8);
            Tensor once = ModulatedConvolution.apply(x, weight, styles, Resample.UP, Demodulation.ON);
            Tensor tenfold =
                    ModulatedConvolution.apply(x, weight, Tensors.scale(10, styles), Resample.UP, Demodulation.ON);
            assertThat(Deviation.relative(tenfold, once)).isLessThan(1e-5);
        });
    }

    @Test
    void demodulatedFeaturesOfWhiteNoiseHaveUnitVariance() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(4, 32, 32, 32), weight = Rng.of(2).normal(16, 32, 3, 3);
            Tensor y = ModulatedConvolution.apply(x, weight, Rng.of(3).normal(4, 32), Resample.NONE, Demodulation.ON);
            assertThat(y.narrow(2, 1, 30).narrow(3, 1, 30).std().item_double()).isCloseTo(1, within(0.03));
        });
    }

    @Test
    void equalizedLayersKeepTheVarianceOfWhiteNoise() {
        Scope.run(() -> {
            EqualizedLinear linear = new EqualizedLinear(new EqualizedLinear.Config(400, 300), Rng.of(1));
            EqualizedLinear slow = new EqualizedLinear(new EqualizedLinear.Config(400, 300, 0.01, 0), Rng.of(1));
            Tensor x = Rng.of(2).normal(200, 400);
            assertThat(linear.forward(x).std().item_double()).isCloseTo(1, within(0.03));
            assertThat(Deviation.relative(slow.forward(x), linear.forward(x))).isLessThan(1e-5);
            EqualizedConvolution convolution = new EqualizedConvolution(
                    new EqualizedConvolution.Config(32, 48, 3, Resample.NONE, EqualizedConvolution.Ending.LINEAR),
                    Rng.of(3));
            Tensor inner = convolution
                    .forward(Rng.of(4).normal(2, 32, 18, 18))
                    .narrow(2, 1, 16)
                    .narrow(3, 1, 16);
            assertThat(inner.std().item_double()).isCloseTo(1, within(0.05));
        });
    }

    /** The square of the activation of N(0, 1): 2 (1 + 0.2²) / 2. */
    @Test
    void theActivationAboutKeepsTheMeanSquare() {
        Scope.run(() -> {
            Tensor y = ScaledLeakyRelu.apply(Rng.of(1).normal(100_000));
            assertThat(y.square().mean().item_double()).isCloseTo(1.04, within(0.02));
        });
    }

    @Test
    void aStrideDownHalvesWhatKeepsTheSizeWouldMake() {
        Scope.run(() -> {
            EqualizedConvolution down = new EqualizedConvolution(
                    new EqualizedConvolution.Config(3, 5, 3, Resample.DOWN, EqualizedConvolution.Ending.ACTIVATED),
                    Rng.of(1));
            assertThat(Tensors.shape(down.forward(Rng.of(2).normal(2, 3, 8, 12))))
                    .containsExactly(2, 5, 4, 6);
            assertThatThrownBy(() -> EqualizedConvolution.Config.activated(3, 5, 2))
                    .hasMessage("kernel must be odd: 2");
        });
    }

    @Test
    void copiesOfOneImageDoNotDeviate() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(1, 3, 4, 4).repeat(4, 1, 1, 1);
            Tensor y = MinibatchDeviation.append(x, 4);
            assertThat(Tensors.shape(y)).containsExactly(4, 4, 4, 4);
            assertThat(Deviation.largest(y.narrow(1, 0, 3), x)).isZero();
            assertThat(y.select(1, 3).max().item_double()).isCloseTo(1e-4, within(1e-6)); // the root of epsilon
        });
    }

    /** Half the mean of the chi distribution with 3 degrees of freedom: sqrt(2/pi). */
    @Test
    void whiteNoiseDeviatesAsTheChiDistributionSays() {
        Scope.run(() -> {
            Tensor y = MinibatchDeviation.append(Rng.of(1).normal(4, 64, 16, 16), 4);
            assertThat(y.select(1, 64).mean().item_double()).isCloseTo(Math.sqrt(2 / Math.PI), within(0.01));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 6, 8})
    void anyBatchHasGroups(int images) {
        Scope.run(() -> {
            Tensor y = MinibatchDeviation.append(Rng.of(1).normal(images, 2, 4, 4), 4);
            assertThat(Tensors.shape(y)).containsExactly(images, 3, 4, 4);
            assertThat(torch.isfinite(y).all().item_bool()).isTrue();
        });
    }

    @Test
    void groupsKnowNothingOfEachOther() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(8, 2, 4, 4);
            Tensor changed = x.clone();
            changed.select(0, 1).mul_(new Scalar(7)); // of the group of images 1, 3, 5, 7
            Tensor before = MinibatchDeviation.append(x, 4).select(1, 2);
            Tensor after = MinibatchDeviation.append(changed, 4).select(1, 2);
            for (int n = 0; n < 8; n++) {
                double difference = Deviation.largest(before.select(0, n), after.select(0, n));
                if (n % 2 == 0) assertThat(difference).isZero();
                else assertThat(difference).isPositive();
            }
        });
    }

    @Test
    void freshNoiseHasNoEffectAndStrengthGivesIt() {
        Scope.run(() -> {
            StyleConvolution layer = new StyleConvolution(new StyleConvolution.Config(3, 4, 5, Resample.UP), Rng.of(1));
            Tensor x = Rng.of(2).normal(2, 3, 4, 4), w = Rng.of(3).normal(2, 5);
            Tensor silent = layer.forward(x, w, like -> torch.zeros(1, 1, 8, 8));
            assertThat(Deviation.largest(
                            silent, layer.forward(x, w, like -> Rng.of(4).normal(2, 1, 8, 8))))
                    .isZero();
            Tensors.parameters(layer).get("noise_strength").detach().fill_(new Scalar(0.5));
            assertThat(Deviation.largest(
                            silent, layer.forward(x, w, like -> Rng.of(4).normal(2, 1, 8, 8))))
                    .isPositive();
        });
    }
}
