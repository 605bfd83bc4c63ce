package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.model.UNet.Config;
import dev.calotype.model.UNet.Ports;
import dev.calotype.model.UNet.Resampling;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UNetFootprintTest {
    private static Config config(int blocks, Conditioning conditioning, Resampling resampling) {
        return new Config(
                32,
                List.of(1, 2, 2),
                blocks,
                List.of(2),
                0,
                32,
                conditioning,
                resampling,
                0,
                1,
                UNetVariant.IMPROVED_DDPM);
    }

    /** The walk visits every layer of the network: its weights are those of one that is built. */
    @ParameterizedTest
    @CsvSource({
        "1,SHIFT,CONVOLUTION,0",
        "2,SCALE_SHIFT,CONVOLUTION,11",
        "1,SCALE_SHIFT,RESIDUAL,0",
        "3,SHIFT,RESIDUAL,2"
    })
    void countsTheWeightsOfTheNetwork(int blocks, Conditioning conditioning, Resampling resampling, int classes) {
        Config config = config(blocks, conditioning, resampling);
        Ports ports = new Ports(3, 6, classes);
        try (Scope.Owned<UNet> network = Scope.own(() -> new UNet(config, ports, Rng.of(1)))) {
            long weights = Scope.read(() -> Tensors.parameters(network.value()).values().stream()
                    .mapToLong(Tensor::numel)
                    .sum());
            assertThat(new UNetFootprint(config, ports, 16, Precision.FP32).weights())
                    .isEqualTo(weights);
        }
    }

    @Test
    void patchesTakeLessMemoryAndAreCounted() {
        Config whole = config(1, Conditioning.SCALE_SHIFT, Resampling.CONVOLUTION);
        Config patched = new Config(
                32,
                whole.multipliers(),
                1,
                whole.attention(),
                0,
                32,
                whole.conditioning(),
                whole.resampling(),
                0,
                2,
                UNetVariant.IMPROVED_DDPM);
        Ports ports = new Ports(3, 6, 0);
        try (Scope.Owned<UNet> network = Scope.own(() -> new UNet(patched, ports, Rng.of(1)))) {
            long weights = Scope.read(() -> Tensors.parameters(network.value()).values().stream()
                    .mapToLong(Tensor::numel)
                    .sum());
            UNetFootprint footprint = new UNetFootprint(patched, ports, 32, Precision.FP32);
            assertThat(footprint.weights()).isEqualTo(weights);
            assertThat(footprint.step(16, Policy.NEVER))
                    .isLessThan(new UNetFootprint(whole, ports, 32, Precision.FP32).step(16, Policy.NEVER) / 2);
        }
    }

    @Test
    void recomputingAndHalfPrecisionTakeLess() {
        Config config = config(2, Conditioning.SCALE_SHIFT, Resampling.CONVOLUTION);
        UNetFootprint full = new UNetFootprint(config, new Ports(3, 3, 0), 64, Precision.FP32);
        UNetFootprint half = new UNetFootprint(config, new Ports(3, 3, 0), 64, Precision.BF16);
        assertThat(half.step(16, Policy.NEVER)).isLessThan(full.step(16, Policy.NEVER));
        assertThat(full.step(16, Policy.ALWAYS)).isLessThan(full.step(16, Policy.NEVER) / 2);
        assertThat(full.inference(16)).isLessThan(full.step(16, Policy.NEVER) / 3);
    }
}
