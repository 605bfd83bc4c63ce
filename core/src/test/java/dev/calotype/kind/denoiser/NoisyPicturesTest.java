package dev.calotype.kind.denoiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Deviation;
import dev.calotype.data.leaves.Leaves;
import dev.calotype.image.Images;
import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class NoisyPicturesTest {
    private static final int COUNT = 12;
    private static final HoleSettings NO_HOLES = new HoleSettings(0, 0, 0);

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

    private static final NoiseSettings NOISE = new NoiseSettings(75, 0.1, 0.1, 0.1, 0.4);

    private static Tensor leaves(int count) {
        Leaves leaves = new Leaves(Leaves.Split.TRAIN, 16, 0);
        Tensor[] pictures = new Tensor[count];
        for (int i = 0; i < count; i++)
            pictures[i] = Images.toTensor(leaves.read(i).image());
        return Tensors.cat(0, pictures);
    }

    @Test
    void picturesWithoutHolesAreWhatTheyWereAndHolesHaveTheirShare() {
        Scope.run(() -> {
            Tensor clean = leaves(200);
            NoisyPictures plain = NoisyPictures.of(clean, NOISE, NO_HOLES, Rng.of(3));
            NoisyPictures holed = NoisyPictures.of(clean, NOISE, new HoleSettings(0.3, 0.4, 0), Rng.of(3));
            int holes = 0, clear = 0;
            for (int i = 0; i < 200; i++) {
                Tensor level = holed.sigma().narrow(0, i, 1);
                if (level.max().item_double() == 1) {
                    holes++;
                    if (level.min().item_double() == 0) clear++;
                    continue;
                }
                assertThat(Tensors.floats(holed.noisy().narrow(0, i, 1)))
                        .isEqualTo(Tensors.floats(plain.noisy().narrow(0, i, 1)));
                assertThat(Tensors.floats(level)).containsOnly(Tensors.floats(plain.sigma())[i]);
                assertThat(Tensors.floats(holed.weight().narrow(0, i, 1))).containsOnly(1);
            }
            assertThat(holes).isBetween(45, 75);
            assertThat(clear).isBetween(holes * 45 / 100, holes * 75 / 100);
        });
    }

    @Test
    void withoutNoiseHolesAloneCountAndWhatIsKnownIsAsItWas() {
        Scope.run(() -> {
            Tensor clean = leaves(40);
            NoisyPictures holed = NoisyPictures.of(clean, NOISE, new HoleSettings(1, 0, 0), Rng.of(5));
            float[] level = Tensors.floats(holed.sigma()), weight = Tensors.floats(holed.weight());
            float[] seen = Tensors.floats(holed.noisy()), truth = Tensors.floats(clean);
            int side = 16 * 16;
            for (int i = 0; i < 40; i++) {
                int missing = 0;
                double sum = 0, off = 0;
                for (int p = i * side; p < (i + 1) * side; p++) {
                    assertThat(level[p]).isIn(0f, 1f);
                    missing += (int) level[p];
                    sum += weight[p];
                    for (int c = 0; c < 3; c++) {
                        int at = (3 * i + c) * side + p - i * side;
                        if (level[p] == 0) assertThat(seen[at]).isEqualTo(truth[at]);
                        else off += Math.abs(seen[at] - truth[at]);
                    }
                    if (level[p] == 0) assertThat(weight[p]).isZero();
                }
                assertThat(missing).isLessThan(side);
                assertThat(sum / side).isCloseTo(Math.min(1, missing / (0.25 * side)), within(1e-5));
                if (missing > 0) assertThat(off).isPositive();
            }
        });
    }

    @Test
    void whatTheNetworkFilledBeforeIsToldSo() {
        Scope.run(() -> {
            DenoisingUNet network =
                    new DenoisingUNet(new DenoisingUNet.Config(List.of(16, 16, 16), List.of(1, 1, 1)), Rng.of(1));
            Scope.read(() -> Tensors.parameters(network)
                    .get("body.tail.weight")
                    .copy_(Tensors.scale(0.1, Rng.of(3).normal(12, 16, 3, 3))));
            HoleSettings settings = new HoleSettings(1, 0, 0.5);
            NoisyPictures first = NoisyPictures.of(leaves(40), NOISE, settings, Rng.of(5));
            NoisyPictures second = first.again(network, settings, Rng.of(5));
            Tensor answer = network.denoise(first.noisy(), first.sigma());
            int again = 0;
            for (int i = 0; i < 40; i++) {
                Tensor before = first.sigma().narrow(0, i, 1),
                        after = second.sigma().narrow(0, i, 1);
                if (after.max().item_double() == before.max().item_double()) {
                    assertThat(Tensors.floats(second.noisy().narrow(0, i, 1)))
                            .isEqualTo(Tensors.floats(first.noisy().narrow(0, i, 1)));
                    continue;
                }
                again++;
                assertThat(Deviation.largest(after, Tensors.scale(0.75, before)))
                        .isZero();
                Tensor expected = torch.where(
                        before.gt(new Scalar(0.0)),
                        answer.narrow(0, i, 1),
                        first.noisy().narrow(0, i, 1));
                assertThat(Deviation.largest(second.noisy().narrow(0, i, 1), expected))
                        .isLessThan(1e-5);
            }
            assertThat(again).isBetween(10, 30);
        });
    }

    @Test
    void aShareMoreThanAllIsRefused() {
        assertThatThrownBy(() -> new NoiseSettings(75, 0.5, 0.5, 0.25, 0))
                .hasMessage("noise.light, noise.coarse and noise.jpeg must be at most 1 together: 1.25");
    }
}
