package dev.calotype.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Shared;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageMeasuresTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void agreeWithTheReference(int index) {
        JsonNode golden = MetricFixtures.golden().get("images").get(index);
        Scope.run(() -> {
            Tensor clean = MetricFixtures.picture(
                    Shared.path("data/dip-images/" + golden.get("image").asText()));
            Tensor noisy = MetricFixtures.picture(
                    Shared.path("fixtures/metrics/" + golden.get("noisy").asText()));
            assertThat(Psnr.between(clean, noisy)[0])
                    .isCloseTo(golden.get("psnr_uint8_range255").asDouble(), within(1e-4));
            assertThat(Ssim.GAUSSIAN.between(clean, noisy)[0])
                    .isCloseTo(golden.get("ssim_gaussian11_sigma1_5_population").asDouble(), within(1e-4));
            assertThat(Ssim.UNIFORM.between(clean, noisy)[0])
                    .isCloseTo(golden.get("ssim_uniform7").asDouble(), within(1e-4));
        });
    }

    @Test
    void psnrOfAKnownErrorIsItsDefinition() {
        Scope.run(() -> {
            Tensor grey = Tensors.fill(2 * 3 * 16, 0).reshape(2, 3, 4, 4);
            Tensor off = Tensors.cat(
                    0,
                    grey.narrow(0, 0, 1).add(new Scalar(0.2)),
                    grey.narrow(0, 1, 1).add(new Scalar(0.02)));
            assertThat(Psnr.between(grey, off)).containsExactly(new double[] {20, 40}, within(1e-5));
            assertThat(Psnr.between(grey, grey)).containsOnly(Double.POSITIVE_INFINITY);
        });
    }

    @Test
    void psnrOfGaussianNoiseIsThatOfItsDeviation() {
        Scope.run(() -> {
            Tensor grey = Tensors.fill(3 * 128 * 128, 0).reshape(1, 3, 128, 128);
            Tensor noisy = grey.add(Rng.of(1).normalLike(grey), new Scalar(2 * 25 / 255.0));
            assertThat(Psnr.between(grey, noisy)[0]).isCloseTo(20 * Math.log10(255 / 25.0), within(0.1));
        });
    }

    @Test
    void floatingPicturesAreClippedToTheirRange() {
        Scope.run(() -> {
            Tensor white = torch.ones(1, 1, 8, 8);
            assertThat(Psnr.between(white, white.add(new Scalar(3.0)))).containsOnly(Double.POSITIVE_INFINITY);
        });
    }

    @Test
    void ssimIsOneForEqualPicturesAndTheSameForBothTypes() {
        Scope.run(() -> {
            byte[] values = new byte[2 * 16 * 16];
            for (int i = 0; i < values.length; i++) values[i] = (byte) Rng.of(i).nextLong();
            Tensor x = Tensors.of(values, 1, 2, 16, 16);
            Tensor y = x.flip(3);
            for (Ssim ssim : Ssim.values()) {
                assertThat(ssim.between(x, x)).containsExactly(new double[] {1}, within(1e-12));
                assertThat(ssim.between(signed(x), signed(y)))
                        .containsExactly(ssim.between(x, y), within(1e-5))
                        .satisfies(v -> assertThat(Math.abs(v[0])).isLessThan(0.9));
            }
        });
    }

    @Test
    void refusePicturesThatDoNotCompare() {
        Scope.run(() -> {
            Tensor x = torch.zeros(1, 1, 6, 20);
            assertThatThrownBy(() -> Psnr.between(x, torch.zeros(1, 1, 20, 6))).hasMessageContaining("same shape");
            assertThatThrownBy(() -> Psnr.between(x, Tensors.of(new byte[120], 1, 1, 6, 20)))
                    .hasMessageContaining("one type");
            assertThatThrownBy(() -> Ssim.UNIFORM.between(x, x)).hasMessageContaining("at least 7 x 7: 20 x 6");
        });
    }

    private static Tensor signed(Tensor bytes) {
        byte[] values = Tensors.bytes(bytes);
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) floats[i] = (values[i] & 0xFF) / 127.5f - 1;
        return Tensors.of(floats, Tensors.shape(bytes));
    }
}
