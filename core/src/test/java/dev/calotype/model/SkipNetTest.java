package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Deviation;
import dev.calotype.Golden;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.Descent;
import java.util.List;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Golden numbers: {@code bench/peers/skipnet.py}, torch 2.15.0. */
class SkipNetTest {
    private static final JsonNode GOLDEN = Golden.json("peers/skipnet.json");

    /** The two small networks of the script. */
    enum Toy {
        BILINEAR(3, new SkipNet.Config(List.of(8, 12), List.of(10, 16), List.of(4, 0), SkipNet.Upsampling.BILINEAR)),
        NEAREST(1, new SkipNet.Config(List.of(8, 12), List.of(10, 16), List.of(0, 2), SkipNet.Upsampling.NEAREST));

        private final int out;
        private final SkipNet.Config config;

        Toy(int out, SkipNet.Config config) {
            this.out = out;
            this.config = config;
        }

        PriorNetwork network() {
            PriorNetwork network = config.build(4, out, Rng.of(0));
            try (NoGradGuard guard = new NoGradGuard()) {
                Tensors.parameters(network)
                        .forEach((name, p) -> p.copy_(FormulaWeights.weight(name, Tensors.shape(p))));
            }
            return network;
        }

        Tensor input() {
            return FormulaWeights.unit("z." + golden(), 1, 4, 16, 24);
        }

        Tensor target() {
            return FormulaWeights.unit("y." + golden(), 1, out, 16, 24);
        }

        String golden() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void outputsAgreeWithPyTorch(Toy toy) {
        Scope.run(() -> FormulaWeights.check(
                toy.network().forward(toy.input()), GOLDEN.get(toy.golden()).get("output"), 2e-5));
    }

    @ParameterizedTest
    @EnumSource
    void aFitGoesDownAsPyTorchsDoes(Toy toy) {
        double[] wanted = Golden.doubles(GOLDEN.get(toy.golden()).get("losses"));
        Scope.run(() -> assertThat(losses(toy, Precision.FP32, wanted.length)).containsExactly(wanted, within(1e-4)));
    }

    @ParameterizedTest
    @EnumSource
    void bf16FitsLikeFp32(Toy toy) {
        double[] wanted = Golden.doubles(GOLDEN.get(toy.golden()).get("losses"));
        Scope.run(() -> assertThat(losses(toy, Precision.BF16, wanted.length)).containsExactly(wanted, within(0.02)));
    }

    private static double[] losses(Toy toy, Precision precision, int steps) {
        PriorNetwork network = toy.network();
        double[] losses = new double[steps];
        try (Descent descent = new Descent(network, precision)) {
            for (int i = 0; i < steps; i++) {
                int step = i;
                Scope.run(() -> losses[step] = descent.step(
                        network.forward(toy.input()).sub(toy.target()).square().mean(), 0.01));
            }
        }
        return losses;
    }

    @Test
    void publishedNetworksHaveTheirNumbersOfWeights() {
        JsonNode counts = GOLDEN.get("counts");
        Scope.run(() -> {
            assertThat(weights(SkipNet.Config.denoising(), 32))
                    .isEqualTo(counts.get("denoising").asLong())
                    .isEqualTo(2_217_831);
            assertThat(weights(SkipNet.Config.small(), 3))
                    .isEqualTo(counts.get("small").asLong())
                    .isEqualTo(572_827);
            assertThat(weights(SkipNet.Config.inpainting(), 32))
                    .isEqualTo(counts.get("inpainting").asLong())
                    .isEqualTo(3_002_627);
        });
    }

    private static long weights(SkipNet.Config config, int in) {
        return Tensors.parameters(config.build(in, 3, Rng.of(1))).values().stream()
                .mapToLong(Tensor::numel)
                .sum();
    }

    @Test
    void theSmallestPictureIsPossibleAndASmallerOneIsNot() {
        Scope.run(() -> {
            SkipNet.Config config = SkipNet.Config.denoising();
            PriorNetwork network = config.build(2, 1, Rng.of(2));
            int side = config.smallest();
            assertThat(Tensors.shape(network.forward(Rng.of(3).normal(1, 2, side, side))))
                    .containsExactly(1, 1, side, side);
            Tensor tiny = Rng.of(3).normal(1, 2, side / 2, side / 2);
            assertThatThrownBy(() -> network.forward(tiny)).isInstanceOf(RuntimeException.class);
        });
    }

    @Test
    void twoSeedsAreTwoNetworks() {
        Scope.run(() -> {
            SkipNet.Config config = SkipNet.Config.even(2, 8, 2, SkipNet.Upsampling.BILINEAR);
            Tensor z = Rng.of(3).normal(1, 2, 16, 16);
            Tensor a = config.build(2, 1, Rng.of(2)).forward(z);
            assertThat(Deviation.largest(a, config.build(2, 1, Rng.of(2)).forward(z)))
                    .isZero();
            assertThat(Deviation.largest(a, config.build(2, 1, Rng.of(4)).forward(z)))
                    .isPositive();
        });
    }
}
