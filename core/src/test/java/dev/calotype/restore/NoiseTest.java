package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Deviation;
import dev.calotype.Shared;
import dev.calotype.diffusion.Clip;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseTest {
    @Test
    void gaussianNoiseHasItsDeviation() {
        Scope.run(() -> {
            Tensor noise = new GaussianNoise(25).add(flat(0, 200), Rng.of(1));
            assertThat(noise.mean().item_double()).isCloseTo(0, within(0.003));
            assertThat(noise.std().item_double()).isCloseTo(25 / 127.5, within(0.002));
        });
    }

    @Test
    void clippedNoiseStaysInRangeAndIsElsewhereTheSame() {
        Scope.run(() -> {
            Tensor free = new GaussianNoise(50).add(flat(0.9, 50), Rng.of(1));
            Tensor clipped = new GaussianNoise(50, Clip.PIXELS).add(flat(0.9, 50), Rng.of(1));
            assertThat(free.max().item_double()).isGreaterThan(1.5);
            assertThat(Deviation.largest(clipped, Tensors.clip(free))).isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 4, 30, 1000})
    void photonsHaveTheVarianceOfTheirMean(double peak) {
        Scope.run(() -> {
            for (double value : new double[] {-0.8, 0.5}) {
                Tensor counts = new PoissonNoise(peak)
                        .add(flat(value, 200), Rng.of(1))
                        .add(new Scalar(1))
                        .mul(new Scalar(peak / 2));
                double mean = (value + 1) / 2 * peak;
                assertThat(Deviation.largest(counts, counts.round())).isLessThan(1e-3);
                assertThat(counts.mean().item_double()).isCloseTo(mean, within(0.02 * Math.sqrt(mean)));
                assertThat(counts.var().item_double()).isCloseTo(mean, within(0.04 * mean));
            }
        });
    }

    @Test
    void blackSendsNoPhotons() {
        Scope.run(() -> {
            Tensor black = flat(-1, 20);
            assertThat(Deviation.largest(new PoissonNoise(30).add(black, Rng.of(1)), black))
                    .isZero();
        });
    }

    @Test
    void saltAndPepperAreEquallyMany() {
        Scope.run(() -> {
            Tensor noisy = new SaltAndPepper(0.2).add(flat(0.3, 300), Rng.of(1));
            assertThat(noisy.eq(new Scalar(1)).to(ScalarType.Float).mean().item_double())
                    .isCloseTo(0.1, within(0.004));
            assertThat(noisy.eq(new Scalar(-1)).to(ScalarType.Float).mean().item_double())
                    .isCloseTo(0.1, within(0.004));
        });
    }

    @Test
    void whatIsNeitherSaltNorPepperIsCertain() {
        Scope.run(() -> {
            Tensor clean = Rng.of(1).uniform(1, 3, 16, 16);
            SaltAndPepper noise = new SaltAndPepper(0.5);
            Tensor noisy = noise.add(clean, Rng.of(2));
            assertThat(Deviation.largest(noise.feasible().project(clean, noisy), clean))
                    .isZero();
            Tensor other = noise.feasible().project(flat(0, 16), noisy);
            assertThat(other.eq(clean).to(ScalarType.Float).mean().item_double())
                    .isCloseTo(0.5, within(0.05));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 40, 75, 95})
    void greyJpegIsThatOfTheJdk(int quality) {
        Scope.run(() -> {
            Picture picture = Images.ofTensor(waves(1, 45, 67));
            Tensor ours = new JpegNoise(quality).add(Images.toTensor(picture), Rng.of(1));
            Tensor theirs = Images.toTensor(jdk(picture, quality));
            double away = ours.sub(theirs).abs().mean().item_double() * 127.5;
            assertThat(away).isLessThan(0.3); // its transform is of integers; of exact numbers in NumPy: 0.13 to 0.26
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg:20", "jpeg:60", "jpeg:20:full"})
    void compressingTwiceIsCompressingOnce(String text) {
        Scope.run(() -> {
            Noise jpeg = Degradation.parse(text).noises().get(0);
            Tensor once = jpeg.add(waves(3, 48, 64), Rng.of(1)); // whole blocks
            Tensor twice = jpeg.add(once, Rng.of(1));
            assertThat(twice.sub(once).square().mean().sqrt().item_double() * 127.5)
                    .isLessThan(0.7);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg:20", "jpeg:60", "jpeg:20:full"})
    void theCleanPictureIsFeasibleAndOthersBecomeSo(String text) {
        Scope.run(() -> {
            Noise jpeg = Degradation.parse(text).noises().get(0);
            Tensor clean = Images.toTensor(Images.ofTensor(waves(3, 48, 64)));
            Tensor seen = jpeg.add(clean, Rng.of(1));
            assertThat(rms(jpeg.feasible().project(clean, seen), clean)).isLessThan(0.3);
            Tensor wrong = Tensors.clip(clean.add(Tensors.scale(0.3, Rng.of(2).normalLike(clean))));
            Tensor right = jpeg.feasible().project(wrong, seen);
            assertThat(rms(right, clean)).isLessThan(0.97 * rms(wrong, clean));
            Tensor grey = torch.zeros_like(clean);
            assertThat(rms(jpeg.feasible().project(grey, seen), clean)).isLessThan(0.5 * rms(grey, clean));
            assertThat(rms(jpeg.feasible().project(right, seen), right)).isLessThan(1.5);
        });
    }

    @Test
    void jpegWantsGreyOrRgb() {
        Scope.run(() -> assertThatThrownBy(() -> new JpegNoise(50).add(Rng.of(1).normal(1, 2, 8, 8), Rng.of(1)))
                .hasMessage("JPEG wants grey (1) or RGB (3) pictures, not channels: 2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg:10", "jpeg:20", "jpeg:50", "jpeg:80"})
    void theGuideToSigmaHoldsOnPhotographs(String text) throws IOException {
        Noise noise = Degradation.parse(text).noises().get(0);
        Picture picture = ImageFiles.decode(Shared.path("data/kodak24/kodim03.png"), 3);
        Picture other = ImageFiles.decode(Shared.path("data/kodak24/kodim05.png"), 3);
        Scope.run(() -> {
            double sum = 0;
            for (Picture p : new Picture[] {picture, other}) {
                Tensor clean = Images.toTensor(p);
                sum += Math.pow(rms(noise.add(clean, Rng.of(1)), clean), 2) / 2;
            }
            assertThat(Math.sqrt(sum)).isCloseTo(noise.sigma() * 127.5, within(0.3 * noise.sigma() * 127.5));
        });
    }

    /** In units of 0..255. */
    private static double rms(Tensor a, Tensor b) {
        return a.sub(b).square().mean().sqrt().item_double() * 127.5;
    }

    private static Tensor flat(double value, long side) {
        return torch.full(new long[] {1, 1, side, side}, new Scalar(value));
    }

    /** Smooth waves of several lengths and a little texture. */
    private static Tensor waves(int channels, int height, int width) {
        float[] values = new float[channels * height * width];
        for (int c = 0, i = 0; c < channels; c++)
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++, i++)
                    values[i] = (float) (0.3 * Math.sin(0.11 * x + 0.07 * y + c)
                            + 0.15 * Math.cos(0.5 * x - 0.31 * y)
                            + 0.05 * Math.sin(1.9 * x * (c + 1) + y));
        return Tensors.of(values, 1, channels, height, width);
    }

    private static Picture jdk(Picture picture, int quality) {
        try {
            BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setDataElements(0, 0, picture.width(), picture.height(), picture.pixels());
            ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(quality / 100f);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
                writer.setOutput(out);
                writer.write(null, new IIOImage(image, null, null), param);
            }
            writer.dispose();
            return ImageFiles.decode(bytes.toByteArray(), 1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
