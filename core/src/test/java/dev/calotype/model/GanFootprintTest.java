package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.nn.Activation;
import dev.calotype.nn.DownsamplingUnit.Normalization;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GanFootprintTest {
    private static long weights(Supplier<? extends Module> network) {
        try (Scope.Owned<? extends Module> owned = Scope.own(network::get)) {
            return Scope.read(() -> Tensors.parameters(owned.value()).values().stream()
                    .mapToLong(Tensor::numel)
                    .sum());
        }
    }

    @ParameterizedTest
    @CsvSource({"16,0,BATCH", "32,7,NONE", "64,2,SPECTRAL"})
    void countsTheWeightsOfDcgan(int size, int classes, Normalization normalization) {
        var generator = new DcganGenerator.Config(20, 8, Activation.RELU);
        var discriminator = new DcganDiscriminator.Config(8, Activation.LEAKY_RELU, normalization);
        var ports = new DcganGenerator.Ports(3, size, classes);
        GanFootprint footprint = GanFootprint.dcgan(generator, discriminator, ports, Precision.FP32);
        assertThat(footprint.generatorWeights())
                .isEqualTo(weights(() -> new DcganGenerator(generator, ports, Rng.of(0))));
        assertThat(footprint.discriminatorWeights())
                .isEqualTo(weights(() -> new DcganDiscriminator(discriminator, ports, Rng.of(0))));
    }

    @ParameterizedTest
    @CsvSource({"16,3,20,24,2", "32,1,16,16,4"})
    void countsTheWeightsOfStyleGan2(int size, int channels, int latent, int style, int mapping) {
        var config = new StyleGan2Config(size, channels, latent, style, mapping, 256, 32);
        GanFootprint footprint = GanFootprint.styleGan2(config, Precision.FP32);
        assertThat(footprint.generatorWeights()).isEqualTo(weights(() -> new StyleGan2Generator(config, Rng.of(0))));
        assertThat(footprint.discriminatorWeights())
                .isEqualTo(weights(() -> new StyleGan2Discriminator(config, Rng.of(0))));
    }

    /** Of the published networks, as in {@link StyleGan2Config#published}. */
    @Test
    void countsTheWeightsThatArePublished() {
        GanFootprint footprint = GanFootprint.styleGan2(StyleGan2Config.published(256), Precision.FP32);
        assertThat(footprint.generatorWeights()).isEqualTo(30_034_338);
        assertThat(footprint.discriminatorWeights()).isEqualTo(28_864_129);
    }

    @Test
    void halfPrecisionTakesAboutHalfAndSlopesTakeMost() {
        GanFootprint full = GanFootprint.styleGan2(StyleGan2Config.small(64), Precision.FP32);
        GanFootprint half = GanFootprint.styleGan2(StyleGan2Config.small(64), Precision.BF16);
        assertThat(half.judging(16)).isBetween(full.judging(16) / 2, full.judging(16) * 6 / 10);
        assertThat(full.slopes(16)).isGreaterThan(full.judging(16));
        assertThat(full.paths(8)).isGreaterThan(full.generating(8));
        assertThat(full.judging(64)).isGreaterThan(3 * full.judging(16));
    }
}
