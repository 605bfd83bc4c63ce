package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Awake;
import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.Loss;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.TimestepSampler;
import dev.calotype.diffusion.Variance;
import dev.calotype.diffusion.Weighting;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.model.UNet;
import dev.calotype.model.UNetVariant;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A training that recomputes is the training that does not, but for time and memory. */
class RecomputingStepTest {
    /** Two workers that compute their shares in two parts, on labelled pictures, with dropout. */
    private static GradientStep<DiffusionNetwork> step(Precision precision, Policy policy) {
        var config = new UNet.Config(
                32,
                List.of(1, 2),
                1,
                List.of(2),
                0,
                32,
                Conditioning.SHIFT,
                UNet.Resampling.CONVOLUTION,
                0.2,
                1,
                UNetVariant.IMPROVED_DDPM);
        List<DiffusionNetwork> networks = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            networks.add(Awake.network(new UNet(config, new UNet.Ports(3, 3, 2), Rng.of(2)), 3));
            networks.get(i).recompute(policy);
        }
        var process = new GaussianDiffusion(NoiseSchedule.cosine(20), Parameterization.EPSILON, Variance.FIXED_SMALL);
        var objective = new DiffusionObjective(
                new DiffusionLoss(process, Loss.SIMPLE, Weighting.uniform()),
                TimestepSampler.uniform(20),
                dev.calotype.train.Conditioning.labels(1, 0.5));
        var options = new GradientStep.Options(0.01, 0.99, 1, 2, List.of(0.9));
        return new GradientStep<>(objective, networks, precision, options, i -> 1e-3, Rng.of(4));
    }

    private static String trained(Precision precision, Policy policy) {
        try (var step = step(precision, policy)) {
            Toys.train(step, 1, 3, 32);
            return Toys.fingerprint(step);
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void trainsTheSameWeightsBitByBit(Precision precision) {
        assertThat(trained(precision, Policy.ALWAYS)).isEqualTo(trained(precision, Policy.NEVER));
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void leavesNothingBehind(Precision precision) {
        try (var step = step(precision, Policy.ALWAYS)) {
            Toys.train(step, 1, 2, 16);
            long before = Scope.live();
            Toys.train(step, 3, 12, 16);
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        }
    }
}
