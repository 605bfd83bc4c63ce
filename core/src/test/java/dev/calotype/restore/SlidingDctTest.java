package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Deviation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
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
    void blocksLeaveNoSeam() {
        Scope.run(() -> {
            Tensor large = new GaussianNoise(25).add(Toys.smooth(150, 300, 1), Rng.of(1)); // four blocks
            Tensor corner =
                    SlidingDct.USUAL.denoise(large, SIGMA).narrow(2, 110, 40).narrow(3, 230, 70);
            Tensor part = SlidingDct.USUAL.denoise(large.narrow(2, 60, 90).narrow(3, 180, 120), SIGMA); // one block
            assertThat(Deviation.largest(corner, part.narrow(2, 50, 40).narrow(3, 50, 70)))
                    .isLessThan(1e-5);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void whereNothingElseIsWantedHolesHaveTheSameAnswer(int channels) {
        Scope.run(() -> {
            int height = 150, width = 140;
            Tensor noisy = new GaussianNoise(25).add(Toys.smooth(height, width, channels), Rng.of(1));
            byte[] kept = new byte[height * width];
            Arrays.fill(kept, (byte) 1);
            for (int y = 20; y < height; y++) kept[y * width + Math.min(width - 1, y)] = 0; // down to the border
            for (int at : new int[] {0, 63, 64, 5 * width + 139, 149 * width}) kept[at] = 0;
            Masking mask = new Masking(height, width, kept);
            Tensor known = mask.mask(noisy);
            Tensor answer = SlidingDct.USUAL.inHoles(noisy, SIGMA, mask);
            Tensor apart = answer.sub(SlidingDct.USUAL.denoise(noisy, SIGMA));
            assertThat(apart.sub(apart.mul(known)).abs().max().item_double()).isLessThan(1e-6);
            assertThat(Deviation.largest(answer.narrow(2, 100, 20), noisy.narrow(2, 100, 20)))
                    .isPositive();
            assertThat(Deviation.largest(
                            answer.narrow(3, 20, 20).narrow(2, 80, 20),
                            noisy.narrow(3, 20, 20).narrow(2, 80, 20)))
                    .as("far from all holes it is as it was")
                    .isLessThan(1e-6);
        });
    }

    /** Patch by patch, in double precision. */
    @Test
    void everyPatchIsShrunkInItsCosines() {
        Scope.run(() -> {
            int height = 13, width = 17;
            Tensor noisy = new GaussianNoise(25).add(Toys.smooth(height, width, 1), Rng.of(3));
            float[] values = Tensors.floats(noisy);
            double[][] seen = new double[height][width];
            for (int i = 0; i < values.length; i++) seen[i / width][i % width] = values[i];
            double[][] answer = defined(seen, defined(seen, null));
            float[] found = Tensors.floats(SlidingDct.USUAL.denoise(noisy, SIGMA));
            for (int i = 0; i < found.length; i++)
                assertThat(found[i]).isCloseTo((float) answer[i / width][i % width], within(1e-5f));
        });
    }

    /** One pass as the papers define it. */
    private static double[][] defined(double[][] seen, double[][] pilot) {
        int height = seen.length, width = seen[0].length;
        double[][] sum = new double[height][width], share = new double[height][width];
        for (int top = -7; top < height; top++)
            for (int left = -7; left < width; left++) {
                double[][] x = cosines(seen, top, left, null);
                double[][] guide = pilot == null ? null : cosines(pilot, top, left, null);
                double stays = 0;
                for (int u = 0; u < 8; u++)
                    for (int v = 0; v < 8; v++) {
                        double power = guide == null ? 0 : guide[u][v] * guide[u][v];
                        double gain = guide != null
                                ? power / (power + SIGMA * SIGMA)
                                : u + v == 0 || Math.abs(x[u][v]) > 2.7 * SIGMA ? 1 : 0;
                        x[u][v] *= gain;
                        stays += gain * gain;
                    }
                double weight = 1 / Math.max(1e-3, stays);
                double[][] shrunk = cosines(null, 0, 0, x);
                for (int i = Math.max(0, -top); i < Math.min(8, height - top); i++)
                    for (int j = Math.max(0, -left); j < Math.min(8, width - left); j++) {
                        sum[top + i][left + j] += weight * shrunk[i][j];
                        share[top + i][left + j] += weight;
                    }
            }
        for (int i = 0; i < height; i++) for (int j = 0; j < width; j++) sum[i][j] /= share[i][j];
        return sum;
    }

    /** The coefficients of a patch of a picture that is mirrored at its border, or the patch of {@code coefficients}. */
    private static double[][] cosines(double[][] picture, int top, int left, double[][] coefficients) {
        double[][] result = new double[8][8];
        for (int u = 0; u < 8; u++)
            for (int v = 0; v < 8; v++)
                for (int i = 0; i < 8; i++)
                    for (int j = 0; j < 8; j++)
                        if (coefficients != null) result[i][j] += cosine(u, i) * cosine(v, j) * coefficients[u][v];
                        else
                            result[u][v] += cosine(u, i)
                                    * cosine(v, j)
                                    * picture[Border.mirrored(top + i, picture.length)][
                                            Border.mirrored(left + j, picture[0].length)];
        return result;
    }

    private static double cosine(int frequency, int place) {
        return (frequency == 0 ? Math.sqrt(0.125) : 0.5) * Math.cos((2 * place + 1) * frequency * Math.PI / 16);
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
