package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Awake;
import dev.calotype.Deviation;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResidualBlockTest {
    private static final int EMBEDDING = 16;

    private static ResidualBlock block(int in, int out, Conditioning conditioning, Resample resample) {
        var config = new ResidualBlock.Config(in, out, EMBEDDING, conditioning, resample);
        return new ResidualBlock(config, new Dropout(0));
    }

    @ParameterizedTest
    @EnumSource(Resample.class)
    void aFreshBlockIsTheIdentityOfTheResampledPicture(Resample resample) {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(2, 32, 4, 4);
            Tensor e = Rng.of(2).normal(2, EMBEDDING);
            Tensor y = block(32, 32, Conditioning.SCALE_SHIFT, resample).forward(x, e);
            assertThat(Tensors.floats(y)).containsExactly(Tensors.floats(resample.apply(x)));
        });
    }

    @Test
    void aFreshBlockThatWidensIsItsSkipConnection() {
        Scope.run(() -> {
            ResidualBlock block = block(32, 64, Conditioning.SHIFT, Resample.NONE);
            Tensor x = Rng.of(1).normal(2, 32, 4, 4);
            Map<String, Tensor> parameters = Tensors.parameters(block);
            Tensor matrix = parameters.get("skip_connection.weight").view(64, 32);
            Tensor linear = x.permute(0, 2, 3, 1)
                    .matmul(matrix.t())
                    .add(parameters.get("skip_connection.bias"))
                    .permute(0, 3, 1, 2);
            Tensor y = block.forward(x, Rng.of(2).normal(2, EMBEDDING));
            assertThat(Deviation.largest(y, linear)).isLessThan(1e-5);
        });
    }

    static Stream<Arguments> shapes() {
        return Stream.of(Conditioning.values()).flatMap(conditioning -> Stream.of(Resample.values())
                .map(resample -> Arguments.of(conditioning, resample)));
    }

    /** The slope of the loss along a random direction, by backpropagation and by differences, in fp64. */
    @ParameterizedTest
    @MethodSource("shapes")
    void gradientsAreTheSlopesOfTheLoss(Conditioning conditioning, Resample resample) {
        Scope.run(() -> {
            ResidualBlock block = Awake.network(block(32, 64, conditioning, resample), 3);
            Scope.read(() -> {
                Tensors.parameters(block).values().forEach(p -> p.set_data(p.to(ScalarType.Double)));
                return null;
            });
            Tensor x = normal(1, 2, 32, 4, 4).requires_grad_(true);
            Tensor e = normal(2, 2, EMBEDDING).requires_grad_(true);
            loss(block, x, e).backward();
            requireSlope("x", x, block, x, e);
            requireSlope("embedding", e, block, x, e);
            Tensors.parameters(block).forEach((name, parameter) -> requireSlope(name, parameter, block, x, e));
        });
    }

    private static void requireSlope(String name, Tensor leaf, ResidualBlock block, Tensor x, Tensor e) {
        Scope.read(() -> {
            Tensor direction = normal(name.hashCode(), Tensors.shape(leaf));
            double slope = leaf.mutable_grad().mul(direction).sum().item_double();
            DoubleUnaryOperator along = h -> {
                leaf.add_(direction, new Scalar(h));
                double value = loss(block, x, e).item_double();
                leaf.sub_(direction, new Scalar(h));
                return value;
            };
            double h = 1e-5;
            double near = along.applyAsDouble(h) - along.applyAsDouble(-h);
            double far = along.applyAsDouble(2 * h) - along.applyAsDouble(-2 * h);
            double difference = (8 * near - far) / (12 * h); // of fourth order: the direction is long
            assertThat(slope).as(name).isNotZero().isCloseTo(difference, within(1e-6 * Math.max(1, Math.abs(slope))));
            return null;
        });
    }

    private static Tensor loss(ResidualBlock block, Tensor x, Tensor e) {
        Tensor y = block.forward(x, e);
        return y.mul(normal(9, Tensors.shape(y))).add(y.pow(new Scalar(2.0))).mean();
    }

    private static Tensor normal(long seed, long... shape) {
        return Rng.of(seed).normal(shape).to(ScalarType.Double);
    }
}
