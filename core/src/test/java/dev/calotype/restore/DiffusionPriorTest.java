package dev.calotype.restore;

import static dev.calotype.diffusion.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.sampling.Toy;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiffusionPriorTest {
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.cosine(1000);
    private static final NoiseLevel LEVEL = SCHEDULE.levelAtSigma(0.3);
    private static final DiffusionPrior POINTWISE = new DiffusionPrior(Toy.gaussian(0.1, 0.2), SCHEDULE);

    private static double[] denoised(DiffusionPrior prior, Tensor noisy) {
        return Tensors.doubles(prior.denoiser().denoise(noisy, LEVEL));
    }

    /** Remembers the shapes that it is given. */
    private static DiffusionPrior spying(List<String> shapes) {
        Denoiser denoiser = (noisy, level) -> {
            shapes.add(Arrays.toString(Tensors.shape(noisy)));
            return POINTWISE.denoiser().denoise(noisy, level);
        };
        return new DiffusionPrior(denoiser, SCHEDULE);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, '[1, 3, 8, 8]'", "3, 20, '[1, 3, 8, 24]'", "13, 9, '[1, 3, 16, 16]'", "16, 8, '[1, 3, 16, 8]'"})
    void anySizeIsPaddedToWhatTheNetworkWants(int height, int width, String padded) {
        Scope.run(() -> {
            Tensor noisy = Rng.of(1).normal(1, 3, height, width);
            List<String> shapes = new ArrayList<>();
            assertThat(denoised(spying(shapes).padded(8), noisy)).isEqualTo(denoised(POINTWISE, noisy));
            assertThat(shapes).containsExactly(padded);
        });
    }

    @ParameterizedTest
    @CsvSource({"70, 40", "32, 33", "100, 20", "96, 96"})
    void tilesCoverThePictureAndAreNeverLarger(int height, int width) {
        Scope.run(() -> {
            Tensor noisy = Rng.of(1).normal(2, 3, height, width);
            List<String> shapes = new ArrayList<>();
            double[] tiled = denoised(spying(shapes).tiled(32, 8), noisy);
            assertClose("tiled", tiled, denoised(POINTWISE, noisy), 1e-6);
            assertThat(shapes).hasSizeGreaterThan(1).containsOnly("[2, 3, 32, " + Math.min(32, width) + "]");
        });
    }

    @Test
    void neighbouringTilesShareTheirOverlap() {
        TiledDenoiser tiles = new TiledDenoiser(POINTWISE.denoiser(), 32, 8);
        for (int size : new int[] {33, 56, 57, 80, 100, 1000}) {
            long[] starts = tiles.starts(size);
            assertThat(starts[0]).isEqualTo(0);
            assertThat(starts[starts.length - 1]).isEqualTo(size - 32);
            for (int i = 1; i < starts.length; i++)
                assertThat(starts[i] - starts[i - 1]).isBetween(1L, 24L);
        }
    }

    @Test
    void aSeamIsBlended() { // each tile answers with a constant of its own
        double[] next = {0};
        Denoiser steps = (noisy, level) -> Tensors.scale(0, noisy).add(new org.bytedeco.pytorch.Scalar(next[0]++));
        Scope.run(() -> {
            Tensor image = new TiledDenoiser(steps, 32, 8).denoise(Rng.of(1).normal(1, 1, 1, 56), LEVEL);
            double[] row = Tensors.doubles(image);
            for (int i = 1; i < row.length; i++) assertThat(row[i] - row[i - 1]).isBetween(0.0, 0.2);
            assertThat(row[0]).isEqualTo(0);
            assertThat(row[55]).isEqualTo(1);
        });
    }

    @Test
    void aGreyPriorDenoisesEachChannel() {
        Scope.run(() -> {
            List<String> shapes = new ArrayList<>();
            Tensor noisy = Rng.of(1).normal(2, 3, 5, 6);
            assertThat(denoised(spying(shapes).perChannel(), noisy)).isEqualTo(denoised(POINTWISE, noisy));
            assertThat(shapes).containsExactly("[6, 1, 5, 6]");
        });
    }

    @Test
    void aColourPriorTakesAGreyImageForTheMeanOfItsChannels() { // whose prior has a third of the variance
        Scope.run(() -> {
            Tensor noisy = Rng.of(1).normal(1, 1, 20, 20);
            double[] expected = denoised(new DiffusionPrior(Toy.gaussian(0.1, 0.2 / Math.sqrt(3)), SCHEDULE), noisy);
            assertClose("grey", denoised(POINTWISE.forGrey(), noisy), expected, 1e-5);
        });
    }

    @Test
    void whatAColourPriorSeesOfAGreyImageIsAnImageOfItsProcess() {
        Scope.run(() -> {
            Tensor grey = Tensors.scale(LEVEL.noise(), Rng.of(1).normal(1, 1, 100, 100)); // of a black picture
            Denoiser check = (noisy, level) -> {
                double[] x = Tensors.doubles(noisy.square().mean(0, 2, 3));
                for (double square : x)
                    assertThat(Math.sqrt(square)).isBetween(0.97 * level.noise(), 1.03 * level.noise());
                Tensor product = noisy.narrow(1, 0, 1).mul(noisy.narrow(1, 1, 1));
                assertThat(Math.abs(product.mean().item_double())).isLessThan(0.04 * level.noise() * level.noise());
                return noisy;
            };
            new DiffusionPrior(check, SCHEDULE).forGrey().denoiser().denoise(grey, LEVEL);
        });
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> POINTWISE.padded(0)).hasMessage("factor must be at least 1: 0");
        assertThatThrownBy(() -> POINTWISE.tiled(8, 4)).hasMessage("overlap must be in 0..3: 4");
        Scope.run(() -> assertThatThrownBy(
                        () -> denoised(POINTWISE.forGrey(), Rng.of(1).normal(1, 3, 2, 2)))
                .hasMessage("expected 1 channel: 3"));
    }
}
