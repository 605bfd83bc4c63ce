package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Meta;
import dev.calotype.model.UNet.Resampling;
import dev.calotype.nn.Inference;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** No network makes a tensor where its weights are not: seen on a device that mixes with no other. */
class WrongDeviceTest {
    private static UNet.Config config(Conditioning conditioning, Resampling resampling, double dropout) {
        return new UNet.Config(32, List.of(1, 2), 1, List.of(2), 0, 32, conditioning, resampling, dropout);
    }

    static Stream<UNet.Config> configs() {
        return Stream.of(
                config(Conditioning.SHIFT, Resampling.CONVOLUTION, 0),
                config(Conditioning.SCALE_SHIFT, Resampling.RESIDUAL, 0.1));
    }

    private static Tensor meta(long... shape) {
        return Meta.DEVICE.zeros(shape);
    }

    private static void assertMeta(Tensor x, long... shape) {
        assertThat(Device.of(x)).isEqualTo(Meta.DEVICE);
        assertThat(Tensors.shape(x)).containsExactly(shape);
    }

    @ParameterizedTest
    @MethodSource("configs")
    void theUNetTrainsWhereItsWeightsAre(UNet.Config config) {
        Scope.run(() -> {
            UNet network = Meta.move(new UNet(config, new UNet.Ports(3, 6, 4), Rng.of(1)));
            Tensor y = network.forward(meta(2, 3, 16, 16), meta(2), Condition.ofLabels(0, 3)); // (2, 6, 16, 16)
            assertMeta(y, 2, 6, 16, 16);
            y.sum().backward();
            Tensors.parameters(network)
                    .forEach((name, weight) ->
                            assertThat(Device.of(weight.grad())).as(name).isEqualTo(Meta.DEVICE));
        });
    }

    @ParameterizedTest
    @EnumSource
    void theUNetInfersWhereItsWeightsAre(Precision precision) {
        Scope.run(() -> {
            UNet network = new UNet(configs().findFirst().orElseThrow(), new UNet.Ports(3, 3, 0), Rng.of(1));
            Inference.prepare(network, precision);
            Meta.move(network);
            Tensor y = Scope.inference(() -> network.forward(meta(2, 3, 16, 16), meta(2), Condition.NONE));
            assertMeta(y, 2, 3, 16, 16);
        });
    }

    /** What would make the other tests pass in vain. */
    @Test
    void aTensorOnAnotherDeviceIsRefused() {
        Scope.run(() -> {
            UNet network = new UNet(configs().findFirst().orElseThrow(), new UNet.Ports(3, 3, 0), Rng.of(1));
            Meta.move(network);
            Tensor times = Rng.of(0).normal(2);
            assertThatThrownBy(() -> network.forward(meta(2, 3, 16, 16), times, Condition.NONE))
                    .isInstanceOf(RuntimeException.class);
        });
    }

    @Test
    void theAttributeNetStaysWhereItsWeightsAre() {
        Scope.run(() -> {
            AttributeNet network = Meta.move(new AttributeNet(new AttributeNet.Config(32, 16), 9, Rng.of(1)));
            Tensor features = network.features(meta(2, 3, 32, 32)); // (2, 16)
            assertMeta(features, 2, 16);
            assertMeta(network.logits(features), 2, 9);
        });
    }

    @Test
    void frozenClassifiersStayWhereTheirWeightsAre() {
        Scope.run(() -> {
            Map<String, Tensor> lenet = FrozenClassifierTest.lenet();
            frozen(() -> LeNet.of(lenet), lenet, 1, 84);
            Map<String, Tensor> resnet = FrozenClassifierTest.resnet(1);
            frozen(() -> ResNetCifar.of(resnet), resnet, 3, 64);
        });
    }

    private static void frozen(
            Supplier<FrozenClassifier> maker, Map<String, Tensor> weights, int channels, long dimensions) {
        try (FrozenClassifier network = maker.get()) {
            FrozenWeights.plainNames(weights).keySet().forEach(name -> Meta.strip(network.weights.weight(name)));
            Tensor pixels = Rng.of(0).uniform(2, channels, 28, 24).to(ScalarType.Byte);
            assertMeta(Scope.inference(() -> network.penultimate(pixels)), 2, dimensions);
        }
    }

    @Test
    void aModuleWithoutWeightsIsOnTheProcessor() {
        Scope.run(() -> assertThat(Device.of(new Module("empty"))).isEqualTo(Device.CPU));
    }
}
