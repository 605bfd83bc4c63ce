package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Deviation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class DiffPirTest {
    private static final double MEAN = 0.2, DEVIATION = 0.3;

    /** The best denoiser where every value is drawn from one normal distribution. */
    private static final GaussianDenoiser WIENER = (x, sigma) -> {
        double gain = DEVIATION * DEVIATION / (DEVIATION * DEVIATION + sigma * sigma);
        return x.mul(new Scalar(gain)).add(new Scalar((1 - gain) * MEAN));
    };

    private static Tensor drawn(Observation seen, DiffPir method, int seed) {
        return method.restore(seen, Rng.of(seed), Budget.UNLIMITED, Watcher.NONE)
                .image();
    }

    private static Observation hole(int side, int size) {
        Tensor clean = Tensors.combine(
                1,
                torch.full(new long[] {1, 1, size, size}, new Scalar(MEAN)),
                DEVIATION,
                Rng.of(1).normal(1, 1, size, size));
        LinearOperator.Size whole = new LinearOperator.Size(size, size);
        LinearOperator mask = RandomMask.hole(side).on(whole, Rng.of(2));
        return new Observation(mask.apply(clean), mask, 0);
    }

    /** Mean and deviation of what is drawn into a hole; pixels know nothing of each other here. */
    @Test
    void aHoleIsDrawnFromThePriorAndWhatIsKnownStays() {
        Scope.run(() -> {
            Observation seen = hole(64, 72);
            Tensor x = drawn(seen, new DiffPir(WIENER, 60, 4, 0.004, 0, 1), 3);
            assertThat(Deviation.relative(seen.operator().apply(x), Tensors.clip(seen.image())))
                    .isLessThan(1e-6);
            Tensor inside = x.sub(seen.operator().apply(x));
            double count = 64 * 64, mean = inside.sum().item_double() / count;
            double square = inside.square().sum().item_double() / count;
            assertThat(mean).isCloseTo(MEAN, within(0.03));
            assertThat(Math.sqrt(square - mean * mean)).isCloseTo(DEVIATION, within(0.03));
            Tensor fresh = drawn(seen, new DiffPir(WIENER, 60, 4, 0.004, 1, 1), 3);
            double nearer =
                    fresh.sub(seen.operator().apply(fresh)).square().sum().item_double() / count;
            assertThat(nearer - mean * mean)
                    .as("fresh noise keeps near the mean")
                    .isLessThan(0.7 * DEVIATION * DEVIATION);
        });
    }

    @Test
    void anotherSeedDrawsAnotherAndTheMeanOfManyIsSmooth() {
        Scope.run(() -> {
            Observation seen = hole(40, 48);
            DiffPir one = new DiffPir(WIENER, 60, 4, 0.004, 0, 1);
            assertThat(Tensors.floats(drawn(seen, one, 3))).isEqualTo(Tensors.floats(drawn(seen, one, 3)));
            Tensor first = drawn(seen, one, 3), second = drawn(seen, one, 4);
            double apart = first.sub(second).square().sum().item_double() / 1600;
            assertThat(apart).isCloseTo(2 * DEVIATION * DEVIATION, within(0.05));
            Tensor mean = drawn(seen, new DiffPir(WIENER, 60, 4, 0.004, 0, 16), 3);
            Tensor inside = mean.sub(seen.operator().apply(mean));
            double square = inside.square().sum().item_double() / 1600 - MEAN * MEAN;
            assertThat(square).isLessThan(0.15 * DEVIATION * DEVIATION);
        });
    }

    /** As values that are neither black nor white where these were put in at random. */
    @Test
    void whatIsKnownForCertainIsKept() {
        Scope.run(() -> {
            Tensor clean = Tensors.scale(0.2, Rng.of(1).normal(1, 1, 24, 24));
            for (String damage : List.of("salt-pepper:0.3", "down:2+salt-pepper:0.3")) {
                Observation seen = Degradation.parse(damage).observe(clean, Rng.of(2));
                Tensor certain = seen.image().abs().lt(new Scalar(1));
                for (Restorer method : List.of(new DiffPir(WIENER, 5, 1, 0.1, 0.5, 2), new PlugAndPlay(WIENER))) {
                    Tensor x = method.restore(seen, Rng.of(3), Budget.UNLIMITED, Watcher.NONE)
                            .image();
                    Tensor apart = seen.operator().apply(x).sub(seen.image()).mul(certain);
                    assertThat(apart.abs().max().item_double())
                            .as(damage + " " + method)
                            .isLessThan(1e-4);
                }
            }
        });
    }

    @Test
    void levelsFallAtEqualRatiosAndIterationsBoundThem() {
        List<Double> levels = new ArrayList<>();
        GaussianDenoiser counting = (x, sigma) -> {
            levels.add(sigma);
            return x;
        };
        Scope.run(() -> {
            DiffPir method = new DiffPir(counting, 3, 0.4, 0.1, 0.5, 2);
            assertThat(drawn(hole(4, 16), method, 1).size(0)).isEqualTo(1);
            assertThat(levels.get(0)).isCloseTo(0.4, within(1e-12));
            assertThat(levels.get(1)).isCloseTo(0.2, within(1e-12));
            assertThat(levels.get(2)).isCloseTo(0.1, within(1e-12));
            levels.clear();
            Restorer.Restored few = method.restore(hole(4, 16), Rng.of(1), new Budget(0, 2), Watcher.NONE);
            assertThat(few.iterations()).isEqualTo(2);
            assertThat(levels).hasSize(2);
        });
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThatThrownBy(() -> new DiffPir(WIENER, 0, 1, 0.1, 1, 1)).hasMessage("steps must be at least 1: 0");
        assertThatThrownBy(() -> new DiffPir(WIENER, 1, 1, 0, 1, 1)).hasMessage("last must be more than 0: 0.0");
        assertThatThrownBy(() -> new DiffPir(WIENER, 1, 0.1, 0.2, 1, 1))
                .hasMessage("first must be at least last, 25.5: 12.75");
        assertThatThrownBy(() -> new DiffPir(WIENER, 1, 1, 0.1, 1.5, 1)).hasMessage("zeta must be in 0..1: 1.5");
        assertThatThrownBy(() -> new DiffPir(WIENER, 1, 1, 0.1, 1, 0)).hasMessage("draws must be at least 1: 0");
    }
}
