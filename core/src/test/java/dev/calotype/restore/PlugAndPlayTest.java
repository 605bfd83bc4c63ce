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
import java.util.function.Function;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlugAndPlayTest {
    private static final PlugAndPlay.Guess BLACK =
            new PlugAndPlay.Guess((seen, rng) -> Tensors.scale(0, seen.image()).sub(new Scalar(1.0)), 0.5);

    /** Answers 0.4 in holes alone, and 0.9 elsewhere, which no one is to see. */
    private static final class Filling implements GaussianDenoiser {
        private int holes;

        @Override
        public Tensor denoise(Tensor noisy, double sigma) {
            return Tensors.scale(0, noisy).add(new Scalar(0.4));
        }

        @Override
        public Tensor inHoles(Tensor noisy, double sigma, Masking mask) {
            holes++;
            return Tensors.combine(1, denoise(noisy, sigma), 0.5, mask.mask(noisy));
        }
    }

    /** The levels at which a method asks a denoiser that answers with what it is given. */
    private static List<Double> levels(String degradation, Function<GaussianDenoiser, PlugAndPlay> method) {
        List<Double> levels = new ArrayList<>();
        Scope.run(() -> restored(
                Degradation.parse(degradation).observe(Toys.smooth(16, 16, 3), Rng.of(1)), method.apply((x, sigma) -> {
                    levels.add(sigma);
                    return x;
                })));
        return levels;
    }

    @Test
    void noiseAloneTakesOneCallOfTheDenoiser() {
        assertThat(levels("gaussian:25", PlugAndPlay::new)).containsExactly(25 / 127.5);
    }

    @Test
    void theLevelFallsToThatOfTheNoise() {
        List<Double> levels = levels("blur:1+gaussian:20", counting -> new PlugAndPlay(counting, 4));
        assertThat(levels).hasSize(4).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(levels.get(0)).isCloseTo(49 / 127.5, within(1e-9));
        assertThat(levels.get(3)).isCloseTo(20 / 127.5, within(1e-9));
    }

    @Test
    void withoutNoiseOnlyHolesAreAskedForAndKnownPixelsStay() {
        Scope.run(() -> {
            Observation seen = Degradation.parse("mask:0.5").observe(Toys.smooth(16, 16, 3), Rng.of(1));
            Filling filling = new Filling();
            Tensor known = ((Masking) seen.operator()).mask(seen.image());
            Tensor answer = restored(seen, new PlugAndPlay(filling, BLACK, 1, 0.1, 1));
            assertThat(filling.holes).isEqualTo(1);
            assertThat(Deviation.largest(answer.mul(known), seen.image().mul(known)))
                    .isLessThan(1e-6);
            Tensor holes = torch.ones_like(known).sub(known);
            assertThat(Deviation.largest(answer.mul(holes), Tensors.scale(0.4, holes.expand_as(answer))))
                    .isLessThan(1e-6);
            restored(new Observation(seen.image(), seen.operator(), 0.05), new PlugAndPlay(filling, BLACK, 1, 0.1, 1));
            assertThat(filling.holes).as("with noise everything is asked for").isEqualTo(1);
        });
    }

    private static Tensor restored(Observation seen, Restorer method) {
        return method.restore(seen, Rng.of(1), Budget.UNLIMITED, Watcher.NONE).image();
    }

    /** From -1 by one and a half times the way to 0.4, which is 1.1 and clipped; from 1 to 0.1; and to 0.4. */
    @Test
    void relaxedIterationsGoBeyondTheAnswerAndTheLastToIt() {
        Scope.run(() -> {
            Masking mask = new Masking(2, 2, new byte[] {1, 0, 0, 1});
            Observation seen = new Observation(Tensors.of(new float[] {0.2f, 0, 0, 0.2f}, 1, 1, 2, 2), mask, 0);
            List<Float> estimates = new ArrayList<>();
            new PlugAndPlay(new Filling(), BLACK, 3, 0.1, 1.5)
                    .restore(
                            seen,
                            Rng.of(1),
                            Budget.UNLIMITED,
                            frame -> estimates.add(Tensors.floats(frame.smoothed())[1]));
            assertThat(estimates).hasSize(3);
            assertThat(estimates.get(0)).isEqualTo(1);
            assertThat(estimates.get(1)).isCloseTo(0.1f, within(1e-6f));
            assertThat(estimates.get(2)).isCloseTo(0.4f, within(1e-6f));
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 2, Double.NaN})
    void aRelaxationThatLeadsNowhereIsRefused(double relaxation) {
        assertThatThrownBy(() -> new PlugAndPlay(new Filling(), BLACK, 3, 0.1, relaxation))
                .hasMessage("relaxation must be in (0, 2): " + relaxation);
    }
}
