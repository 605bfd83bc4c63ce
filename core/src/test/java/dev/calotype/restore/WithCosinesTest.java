package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Deviation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WithCosinesTest {
    /** Of a denoiser that answers nothing. */
    @ParameterizedTest
    @CsvSource({"0.1, 0.5, 0.2", "0.1, 0.25, 0.4", "0.1, 0.2, 0.5", "0.1, 0.01, 0.5"})
    void cosinesHaveTheirShareUpToAHalf(double level, double sigma, double share) {
        Scope.run(() -> {
            Tensor noisy =
                    Toys.smooth(20, 24, 3).add(Tensors.scale(sigma, Rng.of(1).normal(1, 3, 20, 24)));
            Tensor answer = new WithCosines((x, s) -> Tensors.scale(0, x), level).denoise(noisy, sigma);
            Tensor cosines = SlidingDct.USUAL.denoise(noisy, sigma);
            assertThat(Deviation.largest(answer, Tensors.scale(share, cosines))).isLessThan(1e-6);
        });
    }

    @Test
    void whatIsLeftIsTheDenoisers() {
        Scope.run(() -> {
            Tensor noisy = Rng.of(1).normal(1, 1, 16, 16);
            GaussianDenoiser denoiser = (x, s) -> Tensors.scale(s, x);
            assertThat(Deviation.largest(new WithCosines(denoiser, 0).denoise(noisy, 0.3), Tensors.scale(0.3, noisy)))
                    .isZero();
            assertThat(Deviation.largest(new WithCosines(denoiser, 0).denoise(noisy, 0), Tensors.scale(0, noisy)))
                    .isZero();
            Tensor half = Tensors.combine(0.5, Tensors.scale(0.3, noisy), 0.5, SlidingDct.USUAL.denoise(noisy, 0.3));
            assertThat(Deviation.largest(new WithCosines(denoiser, 9).denoise(noisy, 0.3), half))
                    .isLessThan(1e-6);
        });
    }

    @Test
    void bothAreAskedForHolesAlone() {
        Scope.run(() -> {
            Tensor noisy = Rng.of(1).normal(1, 1, 40, 40);
            byte[] kept = new byte[1600];
            Arrays.fill(kept, 0, 800, (byte) 1);
            Masking mask = new Masking(40, 40, kept);
            GaussianDenoiser denoiser = new GaussianDenoiser() {
                @Override
                public Tensor denoise(Tensor x, double sigma) {
                    throw new AssertionError("of the whole");
                }

                @Override
                public Tensor inHoles(Tensor x, double sigma, Masking holes) {
                    assertThat(holes).isSameAs(mask);
                    return Tensors.scale(sigma, x);
                }
            };
            Tensor half =
                    Tensors.combine(0.5, Tensors.scale(0.3, noisy), 0.5, SlidingDct.USUAL.inHoles(noisy, 0.3, mask));
            assertThat(Deviation.largest(new WithCosines(denoiser, 9).inHoles(noisy, 0.3, mask), half))
                    .isLessThan(1e-6);
        });
    }

    @Test
    void aLevelBelowNothingIsRefused() {
        assertThatThrownBy(() -> new WithCosines((x, s) -> x, -1)).hasMessage("level must be at least 0: -1.0");
    }
}
