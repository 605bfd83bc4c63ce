package dev.calotype.kind.denoiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.leaves.Leaves;
import dev.calotype.image.Images;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class NoisyPicturesTest {
    private static final int COUNT = 12;
    private static final HoleSettings NO_HOLES = new HoleSettings(0, 0);

    /** What each picture is told, its noise, and the noise of its pixels against that of their right neighbours. */
    private record Measured(double[] told, double[] found, double[] alike) {
        static Measured of(NoiseSettings settings, Tensor clean) {
            return Scope.read(() -> {
                NoisyPictures pictures = NoisyPictures.of(clean, settings, NO_HOLES, Rng.of(3));
                Tensor noise = pictures.noisy().sub(clean); // (N, 3, H, W)
                Tensor power = Tensors.meanPerSample(noise.square());
                long width = noise.size(3) - 1;
                Tensor product = noise.narrow(3, 0, width).mul(noise.narrow(3, 1, width));
                return new Measured(
                        Tensors.doubles(pictures.sigma().reshape(-1)),
                        Tensors.doubles(power.sqrt()),
                        Tensors.doubles(Tensors.meanPerSample(product).div(power)));
            });
        }
    }

    private static Tensor grey() {
        return torch.zeros(COUNT, 3, 64, 64);
    }

    @Test
    void whiteNoiseHasTheLevelThatIsTold() {
        Scope.run(() -> {
            Measured white = Measured.of(new NoiseSettings(75, 0, 0, 0, 0), grey());
            for (int i = 0; i < COUNT; i++) {
                assertThat(white.told[i]).isBetween(0.0, 75 / Images.LEVELS);
                assertThat(white.found[i] / white.told[i]).isBetween(0.96, 1.04);
                assertThat(white.alike[i]).isBetween(-0.1, 0.1);
            }
            assertThat(white.told[0]).isNotEqualTo(white.told[1]);
        });
    }

    @Test
    void coarseNoiseIsSharedByNeighbours() {
        Scope.run(() -> {
            Measured coarse = Measured.of(new NoiseSettings(75, 0, 1, 0, 0), grey());
            for (int i = 0; i < COUNT; i++) {
                assertThat(coarse.found[i]).isBetween(0.85 * coarse.told[i] - 0.004, 1.05 * coarse.told[i] + 0.004);
                if (coarse.told[i] > 0.05) assertThat(coarse.alike[i]).isGreaterThan(0.1);
            }
        });
    }

    @Test
    void noiseOfLightIsStrongerWhereItIsBright() {
        Scope.run(() -> {
            Tensor half = grey();
            half.narrow(3, 0, 32).fill_(new Scalar(-0.8));
            Tensor noise = NoisyPictures.of(half, new NoiseSettings(30, 1, 0, 0, 0), NO_HOLES, Rng.of(1))
                    .noisy()
                    .sub(half);
            double dark = noise.narrow(3, 0, 32).square().mean().item_double();
            double bright = noise.narrow(3, 32, 32).square().mean().item_double();
            assertThat(bright).isGreaterThan(1.5 * dark);
        });
    }

    @Test
    void whatJpegDoesIsToldAboutAsItIs() {
        Scope.run(() -> {
            Leaves leaves = new Leaves(Leaves.Split.TRAIN, 64, 0);
            Tensor[] pictures = new Tensor[COUNT];
            for (int i = 0; i < COUNT; i++)
                pictures[i] = Images.toTensor(leaves.read(i).image());
            Measured jpeg = Measured.of(new NoiseSettings(75, 0, 0, 1, 0), Tensors.cat(0, pictures));
            for (int i = 0; i < COUNT; i++)
                assertThat(jpeg.told[i] / jpeg.found[i]).isBetween(Math.exp(-0.31), Math.exp(0.31));
        });
    }

    @Test
    void aShareMoreThanAllIsRefused() {
        assertThatThrownBy(() -> new NoiseSettings(75, 0.5, 0.5, 0.25, 0))
                .hasMessage("noise.light, noise.coarse and noise.jpeg must be at most 1 together: 1.25");
    }
}
