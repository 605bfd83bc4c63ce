package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Deviation;
import dev.calotype.Shared;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Images;
import dev.calotype.metric.Psnr;
import dev.calotype.model.DnCnn;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnCnnDenoiserTest {
    @Test
    void tilesAreSeenNowhere() {
        Scope.run(() -> {
            try (DnCnn network = random()) {
                Tensor noisy = Rng.of(1).normal(1, 3, 23, 31);
                Tensor whole = new DnCnnDenoiser(network, 25, 64).denoise(noisy, 0.2);
                Tensor tiled = new DnCnnDenoiser(network, 25, 7).denoise(noisy, 0.2);
                assertThat(Deviation.largest(tiled, whole)).isLessThan(1e-5);
            }
        });
    }

    @Test
    void channelsAreTakenOneByOne() {
        Scope.run(() -> {
            try (DnCnn network = random()) {
                DnCnnDenoiser denoiser = new DnCnnDenoiser(network, 25);
                Tensor noisy = Rng.of(1).normal(1, 3, 12, 12);
                Tensor one = denoiser.denoise(noisy.narrow(1, 1, 1), 0.2);
                assertThat(Deviation.largest(denoiser.denoise(noisy, 0.2).narrow(1, 1, 1), one))
                        .isLessThan(1e-5);
            }
        });
    }

    @Test
    void twiceTheContrastIsTwiceTheNoise() {
        Scope.run(() -> {
            try (DnCnn network = random()) {
                DnCnnDenoiser denoiser = new DnCnnDenoiser(network, 25);
                Tensor noisy = Rng.of(1).normal(1, 1, 12, 12);
                Tensor doubled = denoiser.denoise(Tensors.scale(2, noisy), 0.8);
                assertThat(Deviation.relative(doubled, Tensors.scale(2, denoiser.denoise(noisy, 0.4))))
                        .isLessThan(1e-5);
            }
        });
    }

    @Tag("slow")
    @ParameterizedTest
    @CsvSource({"25,7", "15,4", "50,8"})
    void aPhotographGains(double level, double decibels) throws IOException {
        var file = Shared.path("data/weights-and-vocab/dncnn-kair/dncnn_25.pth");
        var picture = ImageFiles.decode(Shared.path("data/dip-benchmark/denoising/image_House256rgb.png"), 3);
        Scope.run(() -> {
            try (DnCnn network = DnCnn.of(weights(file))) {
                Tensor clean = Images.toTensor(picture);
                Observation seen =
                        new Degradation(List.of(), List.of(new GaussianNoise(level))).observe(clean, Rng.of(1));
                Tensor image = new PlugAndPlay(new DnCnnDenoiser(network, 25))
                        .restore(seen, Rng.of(2), Budget.UNLIMITED, Watcher.NONE)
                        .image();
                double before = Psnr.between(clean, seen.image())[0];
                assertThat(Psnr.between(clean, image)[0] - before).isGreaterThan(decibels);
            }
        });
    }

    private static Map<String, Tensor> weights(Path file) {
        try {
            return WeightFile.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Three layers. */
    private static DnCnn random() {
        Map<String, Tensor> weights = new HashMap<>();
        long[] channels = {1, 6, 6, 1};
        for (int i = 0; i < 3; i++) {
            Tensor kernel = Rng.of(i).normal(channels[i + 1], channels[i], 3, 3);
            weights.put("model." + 2 * i + ".weight", kernel.mul(new Scalar(0.2)));
            weights.put(
                    "model." + 2 * i + ".bias",
                    Rng.of(9 + i).normal(channels[i + 1]).mul(new Scalar(0.1)));
        }
        return DnCnn.of(weights);
    }
}
