package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.data.Batch;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.Variance;
import dev.calotype.image.Images;
import dev.calotype.model.UNet;
import dev.calotype.model.UNetVariant;
import dev.calotype.nn.ResidualBlock;
import dev.calotype.restore.AdaptivePrior.Centre;
import dev.calotype.restore.AdaptivePrior.Sight;
import dev.calotype.sampling.Ddim;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.GradientStep;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AdaptivePriorTest {
    private static final int COUNT = 40, SIZE = 8;
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.cosine(1000);
    private static final GaussianDiffusion PROCESS =
            new GaussianDiffusion(SCHEDULE, Parameterization.VELOCITY, Variance.FIXED_SMALL);

    /** Untrained, so that it answers 0. */
    private static UNet network(Sight sight) {
        UNet.Config config = new UNet.Config(
                32,
                List.of(1),
                1,
                List.of(),
                0,
                32,
                ResidualBlock.Conditioning.SCALE_SHIFT,
                UNet.Resampling.CONVOLUTION,
                0,
                1,
                UNetVariant.IMPROVED_DDPM);
        return new UNet(config, new UNet.Ports(sight == Sight.SHOWN ? 6 : 3, 3, 0), Rng.of(1));
    }

    private static Tensor estimates() {
        return Tensors.scale(0.3, Rng.of(2).normal(COUNT, 3, SIZE, SIZE));
    }

    private static Batch pairs(double error) {
        return Scope.read(() -> {
            Tensor mu = Tensors.clip(estimates());
            Tensor clean = Tensors.clip(mu.add(Tensors.scale(error, Rng.of(3).normalLike(mu))));
            byte[] pixels = Tensors.bytes(Images.toPixels(Tensors.cat(1, clean, mu)));
            return Batch.ofPixels(pixels, new int[COUNT], 6, SIZE);
        });
    }

    @ParameterizedTest
    @EnumSource(Sight.class)
    void beforeAnyTrainingTheEstimateIsDrawnWithItsError(Sight sight) { // v = 0 is right for a z that is N(0, 1)
        AdaptivePrior prior = new AdaptivePrior(PROCESS, Centre.ESTIMATE, 0.1, sight);
        Scope.run(() -> {
            Tensor mu = estimates();
            Tensor off = prior.sample(network(sight), mu, new Ddim(SCHEDULE.respaced(250), 0), Rng.of(4))
                    .sub(Tensors.clip(mu));
            assertThat(Math.sqrt(off.square().mean().item_double())).isCloseTo(0.1, within(0.003));
            assertThat(off.mean().item_double()).isCloseTo(0, within(0.006));
        });
    }

    @Test
    void anUntrainedNetworkLosesOneUnitWhereTheDeviationIsRight() {
        Scope.run(() -> {
            Batch batch = pairs(0.1);
            UNet network = network(Sight.SHOWN);
            double right = loss(new AdaptivePrior(PROCESS, Centre.ESTIMATE, 0.1, Sight.SHOWN), network, batch);
            double wide = loss(new AdaptivePrior(PROCESS, Centre.ESTIMATE, 0.2, Sight.SHOWN), network, batch);
            assertThat(right).isCloseTo(1, within(0.04));
            assertThat(wide).isBetween(0.5, 0.75); // half of E[signal² + noise²/4]
        });
    }

    private static double loss(AdaptivePrior prior, UNet network, Batch batch) {
        return prior.loss(network, batch, Rng.of(5)).value().item_double();
    }

    @ParameterizedTest
    @EnumSource(Centre.class)
    void trainingLowersTheLoss(Centre centre) {
        AdaptivePrior prior = new AdaptivePrior(PROCESS, centre, centre == Centre.ORIGIN ? 1 : 0.2, Sight.SHOWN);
        Batch batch = pairs(0.1); // half of v, so that z can be told from noise
        UNet network = network(Sight.SHOWN);
        GradientStep.Options options = new GradientStep.Options(0, 0.99, 1, 1, List.of());
        try (var step = new GradientStep<>(prior, List.of(network), Precision.FP32, options, i -> 0.002, Rng.of(6))) {
            double first = step.run(batch).loss(), last = 0;
            for (int i = 0; i < 30; i++) last = step.run(batch).loss();
            assertThat(last).isLessThan(0.9 * first);
        }
    }

    @Test
    void theDeviationIsTheErrorOfTheEstimates() {
        Scope.run(() -> {
            Tensor x = estimates();
            Tensor off = x.add(Tensors.scale(0.1, Rng.of(3).normalLike(x)));
            assertThat(AdaptivePrior.deviation(x, off)).isCloseTo(0.1, within(0.003));
        });
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new AdaptivePrior(PROCESS, Centre.ESTIMATE, 0, Sight.BLIND))
                .hasMessage("deviation must be positive: 0.0");
        assertThatThrownBy(() -> new AdaptivePrior(PROCESS, Centre.ORIGIN, 2, Sight.BLIND))
                .hasMessage("deviation must be 1 where the centre is the origin: 2.0");
    }
}
