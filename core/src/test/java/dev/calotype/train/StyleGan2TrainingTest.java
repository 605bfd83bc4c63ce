package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.checkpoint.Digest;
import dev.calotype.model.StyleGan2Discriminator;
import dev.calotype.model.StyleGan2Generator;
import dev.calotype.model.StyleGan2Toys;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** StyleGAN2 in {@link AdversarialStep}, with lazy R1 and path lengths, mixed styles and random noise. */
class StyleGan2TrainingTest {
    private static AdversarialStep step(Precision precision) {
        var players = new AdversarialStep.Players(
                List.of(generator(), generator()), List.of(discriminator(), discriminator()));
        var rules = new AdversarialStep.Rules(
                AdversarialLoss.NON_SATURATING,
                0,
                new SlopePenalty(SlopePenalty.Kind.R1, 1, 2),
                new PathLength.Options(2, 0.1, 2),
                DifferentiableAugmentation.NONE);
        var options = new AdversarialStep.Options(0, 0.99, 1, 1, List.of(0.9));
        return new AdversarialStep(players, precision, rules, options, i -> 2e-3, Rng.of(4));
    }

    private static StyleGan2Generator generator() {
        return new StyleGan2Generator(StyleGan2Toys.CONFIG, Rng.of(2));
    }

    private static StyleGan2Discriminator discriminator() {
        return new StyleGan2Discriminator(StyleGan2Toys.CONFIG, Rng.of(3));
    }

    private static void train(AdversarialStep step, int first, int last) {
        for (int i = first; i <= last; i++) {
            int number = i;
            Scope.run(() -> step.run(Toys.batch(100 + number, 4, 16)));
        }
    }

    private static String fingerprint(AdversarialStep step) {
        return Scope.read(() -> Digest.of(step.state()));
    }

    @ParameterizedTest
    @EnumSource(names = {"FP32", "BF16"})
    void aRestoredStepGoesOnBitByBit(Precision precision) {
        Map<String, Tensor> saved = new HashMap<>();
        String straight;
        try (AdversarialStep step = step(precision)) {
            train(step, 1, 3);
            Scope.run(() -> step.state().forEach((name, view) -> saved.put(name, Scope.keep(view::clone))));
            String before = fingerprint(step);
            train(step, 4, 6);
            straight = fingerprint(step);
            assertThat(straight).isNotEqualTo(before);
            assertThat((double) Scope.read(
                            () -> step.state().get("path-length/mean").item_double()))
                    .isPositive();
        }
        try (AdversarialStep step = step(precision)) {
            train(step, 20, 21); // leaves another running mean behind
            step.restore(saved, 3);
            train(step, 4, 6);
            assertThat(fingerprint(step)).isEqualTo(straight);
        }
        saved.values().forEach(Tensor::close);
    }
}
