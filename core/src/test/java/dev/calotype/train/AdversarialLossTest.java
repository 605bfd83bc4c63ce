package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Deviation;
import dev.calotype.Golden;
import dev.calotype.model.Condition;
import dev.calotype.model.DcganDiscriminator;
import dev.calotype.model.DcganGenerator;
import dev.calotype.model.FormulaWeights;
import dev.calotype.nn.Activation;
import dev.calotype.nn.DownsamplingUnit.Normalization;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.DifferentiableAugmentation.Change;
import dev.calotype.train.SlopePenalty.Kind;
import java.util.Arrays;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Golden numbers of the penalties: {@code bench/peers/golden_dcgan.py}, torch 2.15.0. */
class AdversarialLossTest {
    private static final double[] REAL = {-1.5, 0.25, 2, 0.5}, FAKE = {-2, -0.5, 0.75, 1.25};

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    /** The derivatives by the answers, by hand: of D by a real one, of D by a generated one, of G by a generated one. */
    private static DoubleUnaryOperator[] slopes(AdversarialLoss loss, double smoothing) {
        DoubleUnaryOperator one = x -> 1, minus = x -> -1;
        return switch (loss) {
            case NON_SATURATING ->
                new DoubleUnaryOperator[] {
                    x -> sigmoid(x) - (1 - smoothing), AdversarialLossTest::sigmoid, x -> sigmoid(x) - 1
                };
            case LEAST_SQUARES -> new DoubleUnaryOperator[] {x -> x - (1 - smoothing), x -> x, x -> x - 1};
            case HINGE -> new DoubleUnaryOperator[] {x -> x < 1 ? -1 : 0, x -> x > -1 ? 1 : 0, minus};
            case WASSERSTEIN -> new DoubleUnaryOperator[] {minus, one, minus};
        };
    }

    private static double[] gradients(double[] answers, DoubleUnaryOperator slope) {
        return Arrays.stream(answers)
                .map(x -> slope.applyAsDouble(x) / answers.length)
                .toArray();
    }

    @ParameterizedTest
    @EnumSource
    void gradientsAreThoseOfTheFormula(AdversarialLoss loss) {
        Scope.run(() -> {
            double smoothing = loss.hasTargets() ? 0.1 : 0;
            DoubleUnaryOperator[] wanted = slopes(loss, smoothing);
            Tensor real = Tensors.of(REAL).requires_grad_(true),
                    fake = Tensors.of(FAKE).requires_grad_(true);
            loss.discriminator(real, fake, smoothing).backward();
            assertThat(Tensors.doubles(real.grad())).containsExactly(gradients(REAL, wanted[0]), within(1e-6));
            assertThat(Tensors.doubles(fake.grad())).containsExactly(gradients(FAKE, wanted[1]), within(1e-6));
            Tensor drawn = Tensors.of(FAKE).requires_grad_(true);
            loss.generator(drawn).backward();
            assertThat(Tensors.doubles(drawn.grad())).containsExactly(gradients(FAKE, wanted[2]), within(1e-6));
        });
    }

    @Test
    void crossEntropyOfADiscriminatorThatGuessesIsTwiceTheLogarithmOfTwo() {
        Scope.run(() -> {
            Tensor zero = Tensors.of(0.0, 0, 0);
            assertThat(AdversarialLoss.NON_SATURATING
                            .discriminator(zero, zero, 0)
                            .item_double())
                    .isCloseTo(2 * Math.log(2), within(1e-6));
            assertThat(AdversarialLoss.LEAST_SQUARES
                            .discriminator(zero, zero, 0)
                            .item_double())
                    .isCloseTo(0.5, within(1e-6));
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"R1", "GRADIENT"})
    void penaltiesAndTheirGradientsAgreeWithPyTorch(Kind kind) {
        JsonNode golden = Golden.json("peers/dcgan.json").at("/penalties/" + (kind == Kind.R1 ? "r1" : "gp"));
        Scope.run(() -> {
            var config = new DcganDiscriminator.Config(8, Activation.LEAKY_RELU, Normalization.NONE);
            var d = new DcganDiscriminator(config, new DcganGenerator.Ports(3, 32, 0), Rng.of(1));
            Scope.read(() -> {
                Tensors.parameters(d).forEach((name, p) -> p.copy_(FormulaWeights.weight(name, Tensors.shape(p))));
                return null;
            });
            Tensor real = FormulaWeights.unit("real", 4, 3, 32, 32), fake = FormulaWeights.unit("fake", 4, 3, 32, 32);
            // The golden gradient penalty is taken a quarter of the way from fake to real: given as both ends here.
            Tensor between = Tensors.combine(0.25, real, 0.75, fake);
            Tensor x = kind == Kind.R1 ? real : between;
            SlopePenalty penalty = new SlopePenalty(kind, kind == Kind.R1 ? 2 : 1, 1);
            Tensor cost = penalty.of(y -> d.forward(y, Condition.NONE), x, x, Rng.of(3));
            assertThat(cost.item_double()).isCloseTo(golden.get("value").asDouble(), within(1e-4));
            cost.backward();
            Tensor gradient =
                    Tensors.parameters(d).get("levels.down1.conv.weight").grad();
            FormulaWeights.check(gradient, golden.get("gradient"), 1e-4);
        });
    }

    @Test
    void aLinearDiscriminatorPaysForItsSlopeAlone() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(3, 1, 2, 2), y = Rng.of(2).normal(3, 1, 2, 2);
            Tensor w = Tensors.of(0.5, -1, 2, 0); // length 5.25^0.5
            for (Tensor real : new Tensor[] {x, y}) {
                assertThat(new SlopePenalty(Kind.R1, 4, 1)
                                .of(t -> t.flatten(1, 3).mv(w), real, y, Rng.of(3))
                                .item_double())
                        .isCloseTo(2 * 5.25, within(1e-5));
                assertThat(new SlopePenalty(Kind.GRADIENT, 10, 1)
                                .of(t -> t.flatten(1, 3).mv(w), real, y, Rng.of(3))
                                .item_double())
                        .isCloseTo(10 * Math.pow(Math.sqrt(5.25) - 1, 2), within(1e-4));
            }
        });
    }

    /** The slope of half the square is the image itself, and so tells where between the two the image was. */
    @Test
    void theGradientPenaltyIsTakenAtAPlaceOfItsOwnForEachImage() {
        Scope.run(() -> {
            double[] real = {1, 2, 3, 4},
                    fake = {-1, 0.5, 8, 0},
                    share = Tensors.doubles(Rng.of(3).uniform(4, 1, 1, 1));
            double wanted = 0;
            for (int n = 0; n < 4; n++) {
                double x = share[n] * real[n] + (1 - share[n]) * fake[n];
                wanted += (Math.abs(x) - 1) * (Math.abs(x) - 1) / 4;
            }
            Tensor cost = new SlopePenalty(Kind.GRADIENT, 1, 1)
                    .of(
                            t -> Tensors.scale(0.5, t.square().sum(1, 2, 3)),
                            Tensors.of(real).reshape(4, 1, 1, 1),
                            Tensors.of(fake).reshape(4, 1, 1, 1),
                            Rng.of(3));
            assertThat(cost.item_double()).isCloseTo(wanted, within(1e-4));
        });
    }

    @Test
    void aLazyPenaltyCountsAsManyTimesAsItIsLeftOut() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(3, 1, 2, 2);
            SlopePenalty each = new SlopePenalty(Kind.R1, 1, 1), lazy = new SlopePenalty(Kind.R1, 1, 8);
            assertThat(lazy.of(t -> t.square().sum(1, 2, 3), x, x, Rng.of(1)).item_double())
                    .isCloseTo(
                            8
                                    * each.of(t -> t.square().sum(1, 2, 3), x, x, Rng.of(1))
                                            .item_double(),
                            within(1e-3));
            assertThat(lazy.lazy().due(7)).isFalse();
            assertThat(lazy.lazy().due(16)).isTrue();
            assertThat(SlopePenalty.NONE.lazy().due(1)).isFalse();
        });
    }

    @ParameterizedTest
    @EnumSource
    void anAugmentationChangesEachImageByItselfAndLetsGradientsThrough(Change change) {
        Scope.run(() -> {
            var augmentation = new DifferentiableAugmentation(Set.of(change));
            Tensor x = Rng.of(1).normal(4, 3, 16, 16).requires_grad_(true);
            Tensor same = x.detach().clone();
            Scope.read(() -> same.copy_(x.narrow(0, 0, 1).expand(4, 3, 16, 16)));
            Tensor changed = augmentation.apply(same, Rng.of(2));
            assertThat(Tensors.shape(changed)).containsExactly(4, 3, 16, 16);
            assertThat(Deviation.largest(changed.narrow(0, 0, 1), changed.narrow(0, 1, 1)))
                    .isGreaterThan(0.01);
            assertThat(Deviation.largest(changed, augmentation.apply(same, Rng.of(2))))
                    .isZero();
            augmentation.apply(x, Rng.of(2)).sum().backward();
            assertThat(x.grad().abs().sum().item_double()).isGreaterThan(1);
        });
    }

    /** Of a picture of one pixel, saturation and contrast both stretch the distance of the channels from their mean. */
    @Test
    void coloursAreDrawnFromTheRangesOfThePaper() {
        Scope.run(() -> {
            Rng own = Rng.of(2).fork(Change.COLOUR.ordinal());
            double[] brightness = Tensors.doubles(own.uniform(4, 1, 1, 1)),
                    saturation = Tensors.doubles(own.uniform(4, 1, 1, 1)),
                    contrast = Tensors.doubles(own.uniform(4, 1, 1, 1));
            Tensor x = Tensors.of(0.2, -0.4, 0.5).reshape(1, 3, 1, 1).expand(4, 3, 1, 1); // of mean 0.1
            Tensor changed = new DifferentiableAugmentation(Set.of(Change.COLOUR)).apply(x, Rng.of(2));
            double[] values = Tensors.doubles(changed.reshape(12));
            for (int n = 0; n < 4; n++)
                assertThat(values[3 * n + 2])
                        .isCloseTo(
                                0.1 + brightness[n] - 0.5 + 0.4 * 2 * saturation[n] * (contrast[n] + 0.5),
                                within(1e-5));
        });
    }

    @Test
    void translationMovesByAtMostAnEighthAndCutoutTakesAtMostAQuarter() {
        Scope.run(() -> {
            Tensor x = torch.ones(64, 1, 16, 16);
            double[] kept = Tensors.doubles(new DifferentiableAugmentation(Set.of(Change.TRANSLATION))
                    .apply(x, Rng.of(3))
                    .sum(1, 2, 3));
            double[] left = Tensors.doubles(new DifferentiableAugmentation(Set.of(Change.CUTOUT))
                    .apply(x, Rng.of(3))
                    .sum(1, 2, 3));
            assertThat(Arrays.stream(kept).min().orElseThrow()).isEqualTo(14 * 14);
            assertThat(Arrays.stream(kept).max().orElseThrow()).isEqualTo(16 * 16);
            assertThat(Arrays.stream(left).min().orElseThrow()).isEqualTo(16 * 16 - 8 * 8);
        });
    }

    @Test
    void noAugmentationIsTheImageItself() {
        Scope.run(() -> {
            Tensor x = Rng.of(1).normal(2, 3, 8, 8);
            assertThat(DifferentiableAugmentation.NONE.apply(x, Rng.of(1)) == x).isTrue();
        });
    }

    @Test
    void settingsNameWhatTheyRefuse() {
        assertThatThrownBy(() -> new SlopePenalty(Kind.R1, -1, 1))
                .hasMessage("weight of the penalty must be in [0, 1e6): -1.0");
        assertThatThrownBy(() -> new SlopePenalty(Kind.R1, 1, 0)).hasMessage("every must be at least 1: 0");
        assertThatThrownBy(() -> new AdversarialStep.Rules(
                        AdversarialLoss.HINGE,
                        0.1,
                        SlopePenalty.NONE,
                        PathLength.Options.NONE,
                        DifferentiableAugmentation.NONE))
                .hasMessage("smoothing must be 0 for a loss without targets: 0.1");
        assertThatThrownBy(() -> new AdversarialStep.Rules(
                        AdversarialLoss.NON_SATURATING,
                        0.6,
                        SlopePenalty.NONE,
                        PathLength.Options.NONE,
                        DifferentiableAugmentation.NONE))
                .hasMessage("smoothing must be in [0, 0.5]: 0.6");
    }
}
