package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Deviation;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.Descent;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PriorNetworksTest {
    static List<PriorNetwork.Architecture> architectures() {
        return List.of(
                SkipNet.Config.even(2, 8, 2, SkipNet.Upsampling.NEAREST),
                new DeepDecoder.Config(2, 16),
                new Hourglass.Config(List.of(8, 8, 16), Hourglass.Join.FEATURES),
                new Hourglass.Config(List.of(8, 8, 16), Hourglass.Join.NOTHING));
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void theSmallestPictureAndAnyMultipleAreMade(PriorNetwork.Architecture architecture) {
        Scope.run(() -> {
            PriorNetwork network = architecture.build(3, 2, Rng.of(1));
            int small = architecture.smallest(), more = small + architecture.multiple();
            int by = architecture.enlargement();
            assertThat(small % architecture.multiple()).isZero();
            Tensor picture = network.forward(Rng.of(2).normal(1, 3, small / by, more / by));
            assertThat(Tensors.shape(picture)).containsExactly(1, 2, small, more);
            assertThat(picture.abs().max().item_double()).isLessThanOrEqualTo(1);
        });
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void aPictureIsLearnedInBothPrecisions(PriorNetwork.Architecture architecture) {
        for (Precision precision : Precision.values())
            Scope.run(() -> {
                PriorNetwork network = architecture.build(3, 1, Rng.of(1));
                int side = 2 * architecture.smallest();
                Tensor z =
                        Rng.of(2).uniform(1, 3, side / architecture.enlargement(), side / architecture.enlargement());
                Tensor ramp = Tensors.of(new double[] {-0.5, 0, 0.2, 0.7}).repeat_interleave(side / 4);
                Tensor target =
                        ramp.reshape(1, 1, 1, side).expand(1, 1, side, side).contiguous();
                double[] losses = new double[30];
                try (Descent descent = new Descent(network, precision)) {
                    for (int i = 0; i < losses.length; i++) {
                        int step = i;
                        Scope.run(() -> losses[step] = descent.step(
                                network.forward(z).sub(target).square().mean(), 0.01));
                    }
                }
                assertThat(losses[29]).isLessThan(losses[0] / 3);
            });
    }

    @Test
    void aDeepDecoderHasFewerWeightsThanAPictureHasValues() {
        Scope.run(() -> {
            PriorNetwork network = new DeepDecoder.Config(5, 128).build(128, 3, Rng.of(1));
            long weights = Tensors.parameters(network).values().stream()
                    .mapToLong(Tensor::numel)
                    .sum();
            assertThat(weights).isLessThan(512 * 512 * 3 / 4);
        });
    }

    @Test
    void withoutJoinsTheWayBackSeesOnlyTheDeepestLevel() {
        Scope.run(() -> {
            Tensor z = Rng.of(2).normal(1, 3, 16, 16);
            Tensor unet = new Hourglass.Config(List.of(8, 8), Hourglass.Join.FEATURES)
                    .build(3, 1, Rng.of(1))
                    .forward(z);
            Tensor plain = new Hourglass.Config(List.of(8, 8), Hourglass.Join.NOTHING)
                    .build(3, 1, Rng.of(1))
                    .forward(z);
            assertThat(Deviation.largest(unet, plain)).isPositive();
        });
    }
}
