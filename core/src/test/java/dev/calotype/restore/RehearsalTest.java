package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.restore.Restorer.Restored;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RehearsalTest {
    private static final TotalVariation SMOOTH = new TotalVariation(0.75, 100);
    /** A fit that has only begun. */
    private static final Restorer GREY = (seen, rng, budget, watcher) -> new Restored(
            torch.zeros(
                    1, seen.image().size(1), seen.size().height(), seen.size().width()),
            1,
            1);

    private static Evidence rehearse(Restorer restorer, String damage, Tensor clean) {
        Degradation degradation = Degradation.parse(damage);
        Observation seen = degradation.observe(clean, Rng.of(1));
        return new Rehearsal(restorer, Rng.of(2), Budget.UNLIMITED, Watcher.NONE).on(seen, image -> degradation
                .observe(image, seen.operator(), Rng.of(3))
                .image());
    }

    private static double error(Tensor a, Tensor b) {
        return a.sub(b).square().mean().sqrt().item_double();
    }

    @Test
    void theRiskUnderNoiseIsTheTrueError() {
        Scope.run(() -> {
            Tensor clean = Toys.smooth(64, 64, 3);
            Observation seen = Degradation.parse("gaussian:25").observe(clean, Rng.of(1));
            for (Restorer restorer : List.of(SMOOTH, new PlugAndPlay(SlidingDct.USUAL), new PseudoInverse())) {
                Tensor x = restorer.restore(seen, Rng.of(2), Budget.UNLIMITED, Watcher.NONE)
                        .image();
                Evidence evidence = rehearse(restorer, "gaussian:25", clean);
                assertThat(evidence.before()).isEqualTo(25 / 127.5);
                assertThat(evidence.after()).as("%s", restorer).isCloseTo(error(x, clean), within(0.02));
                assertThat(evidence.isBetter()).isTrue();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"gaussian:25", "mask:0.1", "down:2", "blur:2+gaussian:1", "jpeg:10"})
    void whatDoesNoGoodIsNotShownToBeBetter(String damage) {
        Scope.run(() -> {
            Tensor clean = Toys.smooth(48, 64, 3);
            assertThat(rehearse(GREY, damage, clean).isBetter()).isFalse();
            assertThat(rehearse(new Unchanged(), damage, clean).isBetter()).isFalse();
            Observation seen = Degradation.parse(damage).observe(clean, Rng.of(1));
            Tensor grey = GREY.restore(seen, Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            Evidence explained = Evidence.explained(seen, grey);
            assertThat(explained.isBetter()).isFalse();
            assertThat(explained.before()).isNotNegative();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"mask:0.1", "blur:2+gaussian:1"})
    void whatDoesGoodIsShownToBeBetter(String damage) {
        Scope.run(() -> {
            Tensor clean = Toys.smooth(48, 64, 3);
            assertThat(rehearse(SMOOTH, damage, clean).isBetter()).isTrue();
            Observation seen = Degradation.parse(damage).observe(clean, Rng.of(1));
            Tensor x = SMOOTH.restore(seen, Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            assertThat(Evidence.explained(seen, x).isBetter()).isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg:10", "jpeg:30", "jpeg:30:full"})
    void theErrorOfAJpegIsAboutThatOfCompressingItInOtherBlocks(String damage) {
        Scope.run(() -> {
            Tensor noise = Tensors.scale(0.1, Rng.of(4).normal(1, 3, 96, 96));
            Tensor clean = Tensors.clip(Toys.smooth(96, 96, 3).add(noise));
            Observation seen = Degradation.parse(damage).observe(clean, Rng.of(1));
            double truth = error(seen.image(), clean);
            assertThat(rehearse(SMOOTH, damage, clean).before()).isBetween(truth / 2, truth * 2);
        });
    }

    @Test
    void withoutNoiseNothingIsMeasured() {
        Scope.run(() -> {
            Evidence evidence = rehearse(SMOOTH, "none", Toys.smooth(16, 16, 1));
            assertThat(evidence.isMeasured()).isFalse();
            assertThat(evidence.isBetter()).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(doubles = {28, 35, 50, 100})
    void noiseThatIsNotThereIsNoGround(double said) {
        Scope.run(() -> {
            Tensor y = Degradation.parse("gaussian:20")
                    .observe(Toys.smooth(64, 64, 3), Rng.of(1))
                    .image();
            Observation seen = new Observation(y, new Identity(), said / 127.5);
            for (Restorer restorer : List.of(SMOOTH, new PseudoInverse())) {
                Evidence evidence =
                        new Rehearsal(restorer, Rng.of(2), Budget.UNLIMITED, Watcher.NONE).on(seen, image -> image);
                assertThat(evidence.isMeasured()).isFalse();
                assertThat(evidence.isBetter()).isFalse();
                assertThat(evidence.measure())
                        .startsWith("the picture shows noise of sigma 19.")
                        .endsWith("holds for noise of sigma " + said);
            }
        });
    }

    @Test
    void partsAreWeighedByTheirPixels() {
        Evidence both = Evidence.together(new Evidence(2, 1, "a"), 1, new Evidence(4, 3, "a"), 3);
        assertThat(both.before()).isEqualTo(Math.sqrt((4 + 3 * 16) / 4.0));
        assertThat(both.after()).isEqualTo(Math.sqrt((1 + 3 * 9) / 4.0));
        assertThat(Evidence.together(Evidence.NONE, 9, both, 1)).isEqualTo(both);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg:10", "jpeg:60"})
    void leastVariationStaysNearAJpegAndWithinItsSteps(String damage) {
        Scope.run(() -> {
            Tensor noise = Tensors.scale(0.25, Rng.of(4).normal(1, 3, 48, 48));
            Tensor clean = Tensors.clip(Toys.smooth(48, 48, 3).add(noise)); // texture, which flattening would harm
            Observation seen = Degradation.parse(damage).observe(clean, Rng.of(1));
            Tensor x = SMOOTH.restore(seen, Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            assertThat(error(x, clean)).isLessThan(error(seen.image(), clean));
            assertThat(error(seen.feasible().project(x, seen.image()), x)).isLessThan(0.01);
        });
    }
}
