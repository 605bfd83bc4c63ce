package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Deviation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlidingDctTest {
    private static final double SIGMA = 25 / 127.5;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void mostOfTheNoiseGoesAndThePictureStays(int channels) {
        Scope.run(() -> {
            Tensor clean = Toys.smooth(40, 52, channels);
            Tensor noisy = new GaussianNoise(25).add(clean, Rng.of(1));
            assertThat(rms(SlidingDct.USUAL.denoise(noisy, SIGMA).sub(clean))).isLessThan(0.35 * SIGMA);
            assertThat(rms(SlidingDct.USUAL.denoise(clean, 1e-3).sub(clean))).isLessThan(2e-3);
            assertThat(SlidingDct.USUAL.denoise(clean, 0)).isSameAs(clean);
        });
    }

    @Test
    void bandsLeaveNoSeam() {
        Scope.run(() -> {
            Tensor wide = new GaussianNoise(25).add(Toys.smooth(20, 6000, 1), Rng.of(1)); // of 10 rows at once
            Tensor whole = SlidingDct.USUAL.denoise(wide, SIGMA).narrow(3, 0, 40);
            Tensor part = SlidingDct.USUAL.denoise(wide.narrow(3, 0, 80), SIGMA).narrow(3, 0, 40); // of all rows
            assertThat(Deviation.largest(whole, part)).isLessThan(1e-4);
        });
    }

    private static double rms(Tensor error) {
        return error.square().mean().sqrt().item_double();
    }

    @Test
    void aFlatPictureIsItsMean() {
        Scope.run(() -> {
            Tensor noisy = new GaussianNoise(5).add(Tensors.scale(0, Toys.smooth(32, 32, 3)), Rng.of(2));
            Tensor flat = SlidingDct.USUAL.denoise(noisy, 5 / 127.5);
            assertThat(rms(flat)).isLessThan(0.2 * 5 / 127.5);
        });
    }
}
