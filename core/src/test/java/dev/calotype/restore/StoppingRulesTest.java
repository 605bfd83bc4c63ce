package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** On a made fit that learns the picture first and the noise later. */
class StoppingRulesTest {
    private static final int LENGTH = 200;
    private static final double SIGMA = 0.3;

    /** What was seen, and the noise that a fit learns, which is not that of the pixels it does not see. */
    private record Course(Tensor clean, Tensor noisy, Tensor learned) {
        static Course of(long height, long width) {
            Tensor clean = Toys.smooth(height, width, 1);
            return new Course(
                    clean,
                    clean.add(Tensors.scale(SIGMA, Rng.of(3).normalLike(clean))),
                    clean.add(Tensors.scale(SIGMA, Rng.of(8).normalLike(clean))));
        }

        /** The picture is there after some 30 iterations, half of the noise after 120. */
        Tensor at(int iteration) {
            double picture = 1 - Math.exp(-iteration / 6.0);
            double noise = 1 / (1 + Math.exp(-(iteration - 120) / 8.0));
            return Tensors.combine(picture - noise, clean, noise, learned);
        }

        double error(int iteration) {
            return at(iteration).sub(clean).square().mean().item_double();
        }

        Observation observation() {
            return new Observation(noisy, new Identity(), SIGMA);
        }

        void show(Watcher watcher) {
            for (int i = 1; i <= LENGTH; i++) {
                int iteration = i;
                Scope.run(() -> watcher.see(new Watcher.Frame(iteration, LENGTH, 0, at(iteration), at(iteration), 0)));
            }
        }
    }

    static List<StoppingRule> rules() {
        return List.of(
                new EsWmv(RuleSignal.OUTPUT, 20, 30, LENGTH),
                new EsEmv(RuleSignal.SMOOTHED, 0.1, 30, LENGTH),
                new HeldOutPixels(RuleSignal.SMOOTHED, 0.1, 0.5, 30, LENGTH));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void aRuleWithoutTheTruthEndsWherePictureIsThereAndNoiseIsNot(StoppingRule rule) {
        Scope.run(() -> {
            Course course = Course.of(40, 30);
            try (Choice choice = new Choice(rule.start(course.observation(), Rng.of(1)))) {
                course.show(choice::judge);
                assertThat(choice.iteration()).isBetween(25, 105);
                assertThat(choice.stoppedAt()).isEqualTo(choice.iteration() + 30);
                assertThat(Scope.read(() ->
                                choice.image().sub(course.clean()).abs().max().item_double()))
                        .isLessThan(0.15);
            }
        });
    }

    @Test
    void theOracleMissesNothing() {
        Scope.run(() -> {
            Course course = Course.of(12, 9);
            int best = 1;
            for (int i = 2; i <= LENGTH; i++) if (course.error(i) < course.error(best)) best = i;
            try (Choice choice =
                    new Choice(new Oracle(course.clean(), LENGTH).start(course.observation(), Rng.of(1)))) {
                course.show(choice::judge);
                assertThat(choice.iteration()).isEqualTo(best);
                assertThat(choice.stopped()).isFalse();
            }
        });
    }

    /** One pixel that moves as it likes. */
    private static double walk(int i) {
        return Math.sin(0.3 * i) * Math.cos(0.041 * i * i);
    }

    private static int chosen(StoppingRule rule, int length, long side) {
        Observation none = new Observation(Tensors.fill(1, 0).reshape(1, 1, 1, 1), new Identity(), 0);
        try (Choice choice = new Choice(rule.start(none, Rng.of(1)))) {
            for (int i = 1; i <= length; i++) {
                Tensor x = Tensors.fill(side * side, walk(i)).reshape(1, 1, side, side);
                choice.judge(new Watcher.Frame(i, length, 0, x, x, 0));
            }
            return choice.iteration();
        }
    }

    @Test
    void theWindowOfLeastVarianceIsFoundInPicturesOfAnySize() {
        int window = 4, length = 50, best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int end = window; end <= length; end++) {
            double mean = 0, variance = 0;
            for (int i = end - window + 1; i <= end; i++) mean += walk(i) / window;
            for (int i = end - window + 1; i <= end; i++) variance += Math.pow(walk(i) - mean, 2) / window;
            if (variance < least) {
                least = variance;
                best = end;
            }
        }
        int wanted = best;
        StoppingRule rule = new EsWmv(RuleSignal.OUTPUT, window, length, length);
        Scope.run(() -> {
            assertThat(chosen(rule, length, 1)).isEqualTo(wanted);
            assertThat(chosen(rule, length, 800)).isEqualTo(wanted);
        });
    }

    @Test
    void theMovingVarianceIsThatOfExponentialWeights() {
        double alpha = 0.4;
        int length = 40, settled = 5, best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int end = settled; end <= length; end++) {
            double mean = 0, square = 0;
            for (int i = 1; i <= end; i++) {
                double weight = Math.pow(1 - alpha, end - i) * (i == 1 ? 1 : alpha);
                mean += weight * walk(i);
                square += weight * walk(i) * walk(i);
            }
            if (square - mean * mean < least) {
                least = square - mean * mean;
                best = end;
            }
        }
        int wanted = best;
        Scope.run(() -> assertThat(chosen(new EsEmv(RuleSignal.OUTPUT, alpha, length, length), length, 2))
                .isEqualTo(wanted));
    }

    @Test
    void theFitDoesNotSeeWhatIsHeldOut() {
        Scope.run(() -> {
            Course course = Course.of(20, 20);
            HeldOutPixels rule = new HeldOutPixels(RuleSignal.OUTPUT, 0.25, 0, 1, LENGTH);
            try (StoppingRule.Follower follower = rule.start(course.observation(), Rng.of(4))) {
                Tensor visible = follower.visible();
                assertThat(visible.mean().item_double()).isCloseTo(0.75, within(0.1));
                Tensor spoilt = course.noisy().mul(visible);
                try (DataTerm a = new DataTerm(course.observation(), visible, Device.CPU);
                        DataTerm b = new DataTerm(new Observation(spoilt, new Identity(), 0), visible, Device.CPU)) {
                    assertThat(a.of(course.clean()).item_double())
                            .isEqualTo(b.of(course.clean()).item_double());
                }
            }
        });
    }

    @Test
    void ofOnePixelNothingIsHeldOut() {
        Scope.run(() -> {
            Course course = Course.of(1, 1);
            HeldOutPixels rule = HeldOutPixels.usual();
            try (Choice choice = new Choice(rule.start(course.observation(), Rng.of(4)))) {
                course.show(choice::judge);
                assertThat(choice.iteration()).isEqualTo(LENGTH);
            }
        });
    }

    @Test
    void aJuryHearsEveryRuleAsIfItWereAlone() {
        Scope.run(() -> {
            Course course = Course.of(16, 16);
            Map<String, StoppingRule> rules = new LinkedHashMap<>();
            rules.put("wmv", rules().get(0));
            rules.put("emv", rules().get(1));
            rules.put("count", new FixedCount(17));
            try (Jury jury = new Jury(rules, course.observation(), Rng.of(1))) {
                course.show(jury);
                rules.forEach((name, rule) -> {
                    try (Choice alone = new Choice(rule.start(course.observation(), Rng.of(1)))) {
                        course.show(alone::judge);
                        assertThat(jury.choices().get(name).iteration()).isEqualTo(alone.iteration());
                        assertThat(jury.choices().get(name).stoppedAt()).isEqualTo(alone.stoppedAt());
                    }
                });
            }
            assertThatThrownBy(() -> new Jury(Map.of("held", HeldOutPixels.usual()), course.observation(), Rng.of(1)))
                    .hasMessageContaining("held holds pixels out");
        });
    }

    @Test
    void followersLeaveNothingBehind() {
        Scope.run(() -> {
            Course course = Course.of(8, 8);
            Runnable all = () -> Scope.run(() -> rules().forEach(rule -> {
                try (Choice choice = new Choice(rule.start(course.observation(), Rng.of(1)))) {
                    course.show(choice::judge);
                }
            }));
            all.run();
            long live = Scope.live();
            all.run();
            assertThat(Scope.live()).isLessThanOrEqualTo(live);
        });
    }
}
