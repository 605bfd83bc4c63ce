package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class InitializationTest {
    private static Layers network() {
        Layers network = new Layers("network");
        network.add("linear", new LinearImpl(100, 50));
        network.add("convolution", Convolutions.same(32, 16, 3));
        network.add("norm", GroupNorm.of(32));
        network.add("zero", Convolutions.zero(Convolutions.same(32, 32, 3)));
        return network;
    }

    private static Map<String, Tensor> drawn(long seed) {
        Layers network = network();
        Initialization.uniform(network, Rng.of(seed));
        return Tensors.parameters(network);
    }

    @Test
    void weightsAndBiasesFillTheirBounds() {
        Scope.run(() -> Scope.read(() -> {
            Map<String, Tensor> drawn = drawn(1);
            requireUniform(drawn.get("linear.weight"), 1 / Math.sqrt(100));
            requireUniform(drawn.get("convolution.weight"), 1 / Math.sqrt(32 * 9));
            double bias = drawn.get("linear.bias").abs().max().item_double();
            assertThat(bias).isLessThanOrEqualTo(0.1).isGreaterThan(0.08);
            return null;
        }));
    }

    private static void requireUniform(Tensor weight, double bound) {
        double largest = weight.abs().max().item_double();
        assertThat(largest).isLessThanOrEqualTo(bound * (1 + 1e-6)).isGreaterThan(0.99 * bound);
        double square = weight.pow(new Scalar(2.0)).mean().item_double();
        assertThat(square).isCloseTo(bound * bound / 3, within(0.06 * bound * bound / 3));
        assertThat(weight.mean().item_double()).isCloseTo(0, within(0.06 * bound));
    }

    @Test
    void normalisationsAndZeroLayersAreLeftAlone() {
        Scope.run(() -> {
            Map<String, Tensor> drawn = drawn(1);
            assertThat(Tensors.floats(drawn.get("norm.weight"))).containsOnly(1);
            assertThat(Tensors.floats(drawn.get("norm.bias"))).containsOnly(0);
            assertThat(Tensors.floats(drawn.get("zero.weight"))).containsOnly(0);
            assertThat(Tensors.floats(drawn.get("zero.bias"))).containsOnly(0);
        });
    }

    @Test
    void dependsOnTheSeedAlone() {
        Scope.run(() -> {
            float[] first = Tensors.floats(drawn(1).get("linear.weight"));
            assertThat(Tensors.floats(drawn(1).get("linear.weight"))).containsExactly(first);
            assertThat(Tensors.floats(drawn(2).get("linear.weight"))).isNotEqualTo(first);
        });
    }
}
