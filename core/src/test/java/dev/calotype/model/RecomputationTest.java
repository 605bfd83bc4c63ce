package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Awake;
import dev.calotype.model.UNet.Config;
import dev.calotype.model.UNet.Ports;
import dev.calotype.model.UNet.Resampling;
import dev.calotype.nn.Layout;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecomputationTest {
    private static final Condition CLASSES = Condition.ofLabels(1, 4, 2);

    private static UNet network(Resampling resampling, Precision precision) {
        var config = new Config(
                32,
                List.of(1, 2),
                1,
                List.of(1, 2),
                0,
                32,
                Conditioning.SCALE_SHIFT,
                resampling,
                0.3,
                1,
                UNetVariant.IMPROVED_DDPM);
        UNet network = Awake.network(new UNet(config, new Ports(3, 3, 5), Rng.of(1)), 2);
        try (NoGradGuard guard = new NoGradGuard()) {
            Scope.run(() -> Tensors.parameters(network)
                    .values()
                    .forEach(p -> p.set_data(Layout.of(precision.dtype()).apply(p.to(precision.dtype())))));
        }
        return network;
    }

    /** Output and all gradients of one forward and backward pass. */
    private static Map<String, float[]> pass(UNet network, Policy policy) {
        Map<String, float[]> values = new LinkedHashMap<>();
        network.recompute(policy);
        network.reseed(7);
        Scope.run(() -> {
            Tensor y = network.forward(Rng.of(5).normal(3, 3, 16, 16), Tensors.of(10, 200, 999), CLASSES);
            y.mul(y).mean().backward();
            values.put("y", Tensors.floats(y.detach()));
            Tensors.parameters(network).forEach((name, parameter) -> {
                values.put(name, Tensors.floats(parameter.grad()));
                parameter.mutable_grad().reset();
            });
        });
        return values;
    }

    @ParameterizedTest
    @CsvSource({"CONVOLUTION,FP32", "RESIDUAL,FP32", "CONVOLUTION,BF16", "RESIDUAL,BF16"})
    void gradientsAreThoseOfThePlainPathBitForBit(Resampling resampling, Precision precision) {
        UNet network = network(resampling, precision);
        Map<String, float[]> plain = pass(network, Policy.NEVER);
        Map<String, float[]> recomputed = pass(network, Policy.ALWAYS);
        assertThat(recomputed.keySet()).isEqualTo(plain.keySet());
        plain.forEach(
                (name, values) -> assertThat(recomputed.get(name)).as(name).containsExactly(values));
    }

    @Test
    void nothingIsLeftBehind() {
        UNet network = network(Resampling.CONVOLUTION, Precision.FP32);
        pass(network, Policy.ALWAYS);
        long before = Scope.live();
        for (int i = 0; i < 20; i++) pass(network, Policy.ALWAYS);
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }
}
