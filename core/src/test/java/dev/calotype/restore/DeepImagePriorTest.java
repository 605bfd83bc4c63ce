package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Deviation;
import dev.calotype.model.SkipNet;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DeepImagePriorTest {
    private static final SkipNet.Config NETWORK = SkipNet.Config.even(2, 16, 2, SkipNet.Upsampling.BILINEAR);
    private static final Placement FP32 = new Placement(Device.CPU, Precision.FP32);

    private static UntrainedPrior prior(UntrainedPrior.Fitting fitting) {
        return new UntrainedPrior(NETWORK, new PriorInput(PriorInput.Kind.NOISE, 4, 1 / 30.0), fitting, FP32);
    }

    private static Tensor restored(UntrainedPrior prior, int iterations, Tensor observed) {
        return new DeepImagePrior(prior, new FixedCount(iterations))
                .restore(new Observation(observed, new Identity(), 0.2), Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                .image();
    }

    private static double error(Tensor a, Tensor b) {
        return Scope.read(() -> a.sub(b).square().mean().item_double());
    }

    @Test
    void noiseIsTakenFromASmoothPicture() {
        Scope.run(() -> {
            Tensor clean = Toys.smooth(32, 48, 3);
            Tensor noisy = clean.add(Tensors.scale(0.2, Rng.of(7).normalLike(clean)));
            Tensor image = restored(prior(UntrainedPrior.Fitting.PUBLISHED), 150, noisy);
            assertThat(error(image, clean)).isLessThan(error(noisy, clean) / 2);
        });
    }

    @Test
    void whatIsKnownBeforeIsWhereTheFitBegins() {
        Scope.run(() -> {
            Tensor clean = Toys.smooth(32, 48, 3);
            Tensor noisy = clean.add(Tensors.scale(0.2, Rng.of(7).normalLike(clean)));
            UntrainedPrior noise = prior(UntrainedPrior.Fitting.PUBLISHED.unsmoothed());
            UntrainedPrior told = noise.seeing(PriorInput.Kind.ESTIMATE);
            Restorer oracle = (seen, rng, budget, watcher) -> new Restorer.Restored(clean, 1, 1);
            Observation seen = new Observation(noisy, new Identity(), 0.2);
            Tensor begun = new DeepImagePrior(told, new FixedCount(40), oracle)
                    .restore(seen, Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            assertThat(error(begun, clean)).isLessThan(error(restored(noise, 40, noisy), clean) / 2);
            assertThatThrownBy(() -> new DeepImagePrior(noise, new FixedCount(1), oracle))
                    .hasMessageContaining("only there");
            assertThatThrownBy(() -> new DeepImagePrior(told, new FixedCount(1)))
                    .hasMessageContaining("only there");
        });
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "1, 1, 3", "7, 13, 3", "33, 8, 1"})
    void anySizeAndColourModeIsFitted(long height, long width, int channels) {
        Scope.run(() -> {
            Tensor picture = Toys.smooth(height, width, channels);
            Tensor image = restored(prior(UntrainedPrior.Fitting.PUBLISHED.unsmoothed()), 60, picture);
            assertThat(Tensors.shape(image)).containsExactly(1, channels, height, width);
            assertThat(error(image, picture)).isLessThan(0.06);
        });
    }

    @ParameterizedTest
    @EnumSource
    void everyInputFits(PriorInput.Kind kind) {
        Scope.run(() -> {
            Tensor picture = Toys.smooth(17, 20, 3);
            UntrainedPrior prior = new UntrainedPrior(
                    NETWORK, new PriorInput(kind, 4, 0), UntrainedPrior.Fitting.PUBLISHED.unsmoothed(), FP32);
            Restorer before = kind == PriorInput.Kind.ESTIMATE
                    ? (seen, rng, budget, watcher) -> new Restorer.Restored(seen.image(), 1, 1)
                    : null;
            Tensor fitted = new DeepImagePrior(prior, new FixedCount(60), before)
                    .restore(new Observation(picture, new Identity(), 0.2), Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            assertThat(error(fitted, picture)).isLessThan(0.06);
        });
    }

    @Test
    void theSameSeedGivesTheSamePicture() {
        Scope.run(() -> {
            Tensor picture = Toys.smooth(16, 16, 1);
            UntrainedPrior prior = prior(UntrainedPrior.Fitting.PUBLISHED);
            assertThat(Deviation.largest(restored(prior, 5, picture), restored(prior, 5, picture)))
                    .isZero();
        });
    }

    @Test
    void theAverageOfSeedsIsTheAverageOfTheirPictures() {
        Scope.run(() -> {
            Tensor picture = Toys.smooth(16, 16, 1);
            Observation observation = new Observation(picture, new Identity(), 0);
            UntrainedPrior one = prior(new UntrainedPrior.Fitting(0.01, 0, 0, 0, 1));
            UntrainedPrior both = prior(new UntrainedPrior.Fitting(0.01, 0, 0, 0, 2));
            DataTerm data = new DataTerm(observation, null, Device.CPU);
            try (PriorFit pair = new PriorFit(both, observation, Rng.of(3));
                    PriorFit first = new PriorFit(one, observation, Rng.of(3))) {
                for (int i = 0; i < 3; i++) {
                    pair.iterate((x, rng) -> data.of(x));
                    first.iterate((x, rng) -> data.of(x));
                }
                assertThat(error(pair.output(), first.output())).isPositive().isLessThan(0.05);
            }
            data.close();
        });
    }

    @Test
    void theWatcherSeesEveryIterationAndTheClockEndsTheFit() {
        Scope.run(() -> {
            Observation observation = new Observation(Toys.smooth(16, 16, 1), new Identity(), 0);
            DeepImagePrior restorer = new DeepImagePrior(prior(UntrainedPrior.Fitting.PUBLISHED), new FixedCount(9));
            List<Integer> seen = new ArrayList<>();
            var all = restorer.restore(
                    observation,
                    Rng.of(1),
                    Budget.UNLIMITED,
                    frame -> seen.add(frame.iteration() * 100 + frame.choice()));
            assertThat(seen).containsExactly(101, 202, 303, 404, 505, 606, 707, 808, 909);
            assertThat(all.iteration()).isEqualTo(9);
            var cut = restorer.restore(observation, Rng.of(1), new Budget(0, 4), Watcher.NONE);
            assertThat(cut.iterations()).isEqualTo(4);
            var late = restorer.restore(observation, Rng.of(1), new Budget(1e-9, 0), Watcher.NONE);
            assertThat(late.iterations()).isEqualTo(1);
        });
    }

    @Test
    void aPictureThatIsTooLargeIsRefusedBeforeItIsFitted() {
        Scope.run(() -> {
            Tensor huge = Tensors.fill(1, 0).reshape(1, 1, 1, 1).expand(1, 3, 1 << 20, 1 << 20);
            assertThatThrownBy(() -> restored(prior(UntrainedPrior.Fitting.PUBLISHED), 1, huge))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("a fit to 1048576 x 1048576 pixels needs about");
        });
    }

    @Test
    void aFitLeavesNothingBehind() {
        UntrainedPrior prior = prior(new UntrainedPrior.Fitting(0.01, 0.9, 0.1, 2, 2));
        Tensor[] picture = new Tensor[1];
        Scope.run(() -> {
            picture[0] = Toys.smooth(16, 16, 1);
            Scope.run(() -> restored(prior, 2, picture[0]));
            long live = Scope.live();
            Scope.run(() -> restored(prior, 3, picture[0]));
            assertThat(Scope.live()).isLessThanOrEqualTo(live);
        });
    }
}
