package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.Digest;
import dev.calotype.data.Batch;
import dev.calotype.model.Condition;
import dev.calotype.model.DcganDiscriminator;
import dev.calotype.model.DcganGenerator;
import dev.calotype.model.DiscriminatorNetwork;
import dev.calotype.model.GeneratorNetwork;
import dev.calotype.nn.Activation;
import dev.calotype.nn.DownsamplingUnit.Normalization;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.DifferentiableAugmentation.Change;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AdversarialStepTest {
    private static final AdversarialStep.Rules PLAIN = new AdversarialStep.Rules(
            AdversarialLoss.NON_SATURATING,
            0,
            SlopePenalty.NONE,
            PathLength.Options.NONE,
            DifferentiableAugmentation.NONE);
    private static final AdversarialStep.Options OPTIONS = new AdversarialStep.Options(0.5, 0.999, 1, 1, List.of(0.9));

    /** G(z) = a image of one colour w z; D(x) = v times the sum of x: one number each. */
    private static final class Paint extends GeneratorNetwork {
        private final Tensor w;

        Paint(double start) {
            super("Paint");
            w = register_parameter("w", Tensors.of(start));
        }

        @Override
        public int latent() {
            return 1;
        }

        @Override
        public Tensor forward(Tensor z, Condition condition) {
            return z.mul(w).reshape(z.size(0), 1, 1, 1).expand(z.size(0), 3, 2, 2);
        }
    }

    private static final class Scales extends DiscriminatorNetwork {
        private final Tensor v;

        Scales(double start) {
            super("Scales");
            v = register_parameter("v", Tensors.of(start));
        }

        @Override
        public Tensor forward(Tensor x, Condition condition) {
            return x.sum(1, 2, 3).mul(v); // (N)
        }
    }

    private static AdversarialStep toys(AdversarialStep.Rules rules, AdversarialStep.Options options) {
        var players = new AdversarialStep.Players(List.of(new Paint(0.3)), List.of(new Scales(0.2)));
        return new AdversarialStep(players, Precision.FP32, rules, options, i -> 0.01, Rng.of(1));
    }

    /** Small DCGANs for pictures of 16 pixels. */
    private static AdversarialStep dcgan(Precision precision, AdversarialStep.Rules rules, Normalization norm) {
        var ports = new DcganGenerator.Ports(3, 16, 0);
        List<GeneratorNetwork> generators = new ArrayList<>();
        List<DiscriminatorNetwork> discriminators = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            generators.add(new DcganGenerator(new DcganGenerator.Config(4, 8, Activation.RELU), ports, Rng.of(2)));
            discriminators.add(new DcganDiscriminator(
                    new DcganDiscriminator.Config(8, Activation.LEAKY_RELU, norm), ports, Rng.of(3)));
        }
        var options = new AdversarialStep.Options(0.5, 0.999, 2, 2, List.of(0.9, 0.99));
        return new AdversarialStep(
                new AdversarialStep.Players(generators, discriminators),
                precision,
                rules,
                options,
                i -> 2e-3,
                Rng.of(4));
    }

    private static StepReport run(AdversarialStep step, Batch batch) {
        StepReport[] report = new StepReport[1];
        Scope.run(() -> report[0] = step.run(batch));
        return report[0];
    }

    private static void train(AdversarialStep step, int first, int last) {
        for (int i = first; i <= last; i++) run(step, Toys.batch(100 + i, 4, 16));
    }

    private static double value(AdversarialStep step, String name) {
        return Scope.read(() -> step.state().get(name).item_double());
    }

    private static String fingerprint(AdversarialStep step) {
        return Scope.read(() -> Digest.of(step.state()));
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double[] sums(Tensor images) {
        return Tensors.doubles(images.sum(1, 2, 3));
    }

    private static Tensor painted(Tensor z, double w) {
        return z.mul(new Scalar(w)).reshape(z.size(0), 1, 1, 1).expand(z.size(0), 3, 2, 2);
    }

    /**
     * The first Adam step goes the rate against the sign; the generator answers the discriminator that has just moved. The
     * shares of several workers count as one batch, and whatever is judged is changed before.
     */
    @ParameterizedTest
    @CsvSource({"1, NONE, 0", "2, NONE, 0.1", "1, COLOUR, 0.1", "2, COLOUR, 0"})
    void theDiscriminatorMovesFirstAndTheGeneratorAnswersIt(int workers, String change, double smoothing) {
        var changes = change.equals("NONE")
                ? DifferentiableAugmentation.NONE
                : DifferentiableAugmentation.of(List.of(Change.valueOf(change)));
        var rules = new AdversarialStep.Rules(
                AdversarialLoss.NON_SATURATING, smoothing, SlopePenalty.NONE, PathLength.Options.NONE, changes);
        double v = 0.2, w = 0.3;
        var players = new AdversarialStep.Players(
                Stream.generate(() -> new Paint(w)).limit(workers).toList(),
                Stream.generate(() -> new Scales(v)).limit(workers).toList());
        try (var step = new AdversarialStep(players, Precision.FP32, rules, OPTIONS, i -> 0.01, Rng.of(1))) {
            Batch batch = Toys.batch(7, 5, 2);
            List<Batch> shares = batch.split(workers);
            double[] gradient = new double[1], answer = new double[1];
            Scope.run(() -> {
                for (int k = 0; k < workers; k++) {
                    Rng share = Rng.of(1).fork(1).fork(k);
                    int count = shares.get(k).count();
                    double[] real = sums(changes.apply(shares.get(k).images(), share.fork(2)));
                    double[] fake = sums(changes.apply(painted(share.fork(1).normal(count, 1), w), share.fork(3)));
                    for (int n = 0; n < count; n++)
                        gradient[0] +=
                                ((sigmoid(v * real[n]) - (1 - smoothing)) * real[n] + sigmoid(v * fake[n]) * fake[n])
                                        / 5;
                }
                double moved = v - 0.01 * Math.signum(gradient[0]);
                for (int k = 0; k < workers; k++) {
                    Rng own = Rng.of(1).fork(1).fork(k).fork(5);
                    Tensor z = own.fork(1).normal(shares.get(k).count(), 1);
                    double[] fake = sums(changes.apply(painted(z, w), own.fork(3))), slope = Tensors.doubles(z);
                    for (int n = 0; n < slope.length; n++)
                        answer[0] += (sigmoid(moved * fake[n]) - 1) * moved * 12 * slope[n] / 5;
                }
            });
            StepReport report = run(step, batch);
            assertThat(report.gradientNorm()).isCloseTo(Math.abs(gradient[0]), within(1e-5));
            assertThat(report.duel().generatorNorm()).isCloseTo(Math.abs(answer[0]), within(1e-5));
            assertThat(value(step, "discriminator/weights/v"))
                    .isCloseTo(v - 0.01 * Math.signum(gradient[0]), within(1e-6));
            assertThat(value(step, "weights/w")).isCloseTo(w - 0.01 * Math.signum(answer[0]), within(1e-6));
            assertThat(value(step, "adam/first/w")).isCloseTo(0.5 * answer[0], within(1e-5));
        }
    }

    /** What the generator's turn leaves in the discriminator would be in its next gradient. */
    @Test
    void theTurnOfTheGeneratorDoesNotTeachTheDiscriminator() {
        var still = new AdversarialStep.Options(0.5, 0.999, 1, 1, List.of(0.9));
        var players = new AdversarialStep.Players(List.of(new Paint(0.3)), List.of(new Scales(0.2)));
        try (var both = new AdversarialStep(players, Precision.FP32, PLAIN, still, i -> 1e-9, Rng.of(1));
                AdversarialStep judge = toys(PLAIN, new AdversarialStep.Options(0.5, 0.999, 1e-7, 100, List.of(0.9)))) {
            for (int t = 1; t <= 3; t++) {
                Batch batch = Toys.batch(t, 5, 2);
                assertThat(run(both, batch).gradientNorm())
                        .isCloseTo(run(judge, batch).gradientNorm(), within(1e-5));
            }
        }
    }

    @Test
    void theAverageOfTheGeneratorFollowsItAsTheRampSays() {
        try (AdversarialStep step = toys(PLAIN, OPTIONS)) {
            double average = value(step, "weights/w");
            for (int t = 1; t <= 5; t++) {
                run(step, Toys.batch(t, 5, 2));
                double decay = Math.min(0.9, (1.0 + t) / (10 + t));
                average = decay * average + (1 - decay) * value(step, "weights/w");
                assertThat(value(step, "ema/0.9/w")).isCloseTo(average, within(1e-6));
            }
            Scope.run(() -> assertThat(step.average(0.9)).containsOnlyKeys("w"));
        }
    }

    @Test
    void aGeneratorThatWaitsMovesInEveryThirdStepOnly() {
        try (AdversarialStep step = toys(PLAIN, new AdversarialStep.Options(0.5, 0.9, 1, 3, List.of(0.9)))) {
            for (int t = 1; t <= 6; t++) {
                double before = value(step, "weights/w"), judge = value(step, "discriminator/weights/v");
                StepReport report = run(step, Toys.batch(t, 5, 2));
                assertThat(value(step, "weights/w") != before).isEqualTo(t % 3 == 0);
                if (t == 3) // its first update, whatever the number of the step
                assertThat(Math.abs(value(step, "weights/w") - before)).isCloseTo(0.01, within(1e-6));
                assertThat(Double.isNaN(report.duel().generatorLoss())).isEqualTo(t % 3 != 0);
                assertThat(value(step, "discriminator/weights/v")).isNotEqualTo(judge);
            }
        }
    }

    @Test
    void theDuelTellsAccuracyAndDiversity() {
        var still = new AdversarialStep.Options(0.5, 0.999, 1e-9, 1, List.of(0.9));
        var players = new AdversarialStep.Players(List.of(new Paint(0)), List.of(new Scales(1)));
        try (var step = new AdversarialStep(players, Precision.FP32, PLAIN, still, i -> 1e-9, Rng.of(1))) {
            byte[] bright = new byte[4 * 12];
            for (int i = 0; i < bright.length; i++)
                bright[i] = (byte) (i < 36 ? 200 + i : 10); // three of four positive
            Batch batch = Batch.ofPixels(bright, new int[4], 3, 2);
            Duel duel = run(step, batch).duel();
            assertThat(duel.realAccuracy()).isEqualTo(0.75);
            assertThat(duel.fakeAccuracy()).isEqualTo(1); // all zero, none above it
            assertThat(duel.accuracy()).isEqualTo(0.875);
            assertThat(duel.diversity()).isZero();
        }
    }

    private static double deviation(double[][] images) {
        double variance = 0;
        for (int i = 0; i < images[0].length; i++) {
            int pixel = i;
            double[] values =
                    Arrays.stream(images).mapToDouble(image -> image[pixel]).toArray();
            double mean = Arrays.stream(values).average().orElseThrow();
            variance += Arrays.stream(values)
                            .map(x -> (x - mean) * (x - mean))
                            .average()
                            .orElseThrow()
                    / images[0].length;
        }
        return Math.sqrt(variance);
    }

    @Test
    void diversityIsTheDeviationOfGeneratedImagesInUnitsOfThatOfRealOnes() {
        try (AdversarialStep step = toys(PLAIN, OPTIONS)) {
            Batch batch = Toys.batch(7, 5, 2);
            double[][] real = new double[5][12], fake = new double[5][1];
            for (int n = 0; n < 5; n++)
                for (int i = 0; i < 12; i++) real[n][i] = (batch.pixels()[12 * n + i] & 0xFF) / 127.5 - 1;
            Scope.run(() -> {
                double[] z = Tensors.doubles(Rng.of(1).fork(1).fork(0).fork(1).normal(5, 1));
                for (int n = 0; n < 5; n++) fake[n][0] = 0.3 * z[n];
            });
            assertThat(run(step, batch).duel().diversity()).isCloseTo(deviation(fake) / deviation(real), within(1e-5));
        }
    }

    private static AdversarialStep.Rules all() {
        return new AdversarialStep.Rules(
                AdversarialLoss.HINGE,
                0,
                new SlopePenalty(SlopePenalty.Kind.R1, 1, 2),
                PathLength.Options.NONE,
                new DifferentiableAugmentation(Set.of(Change.values())));
    }

    @ParameterizedTest
    @EnumSource(Normalization.class)
    void aRestoredStepGoesOnBitByBit(Normalization norm) {
        for (Precision precision : Precision.values()) {
            Map<String, Tensor> saved = new HashMap<>();
            String straight;
            try (AdversarialStep step = dcgan(precision, all(), norm)) {
                train(step, 1, 3);
                Scope.run(() -> step.state().forEach((name, view) -> saved.put(name, Scope.keep(view::clone))));
                train(step, 4, 7);
                straight = fingerprint(step);
            }
            try (AdversarialStep step = dcgan(precision, all(), norm)) {
                train(step, 20, 21); // leaves other moments, averages and power iterations behind
                step.restore(saved, 3);
                train(step, 4, 7);
                assertThat(step.steps()).isEqualTo(7);
                assertThat(fingerprint(step)).isEqualTo(straight);
            }
            saved.values().forEach(Tensor::close);
        }
    }

    @Test
    void replicasKeepTheSamePowerIterations() {
        var ports = new DcganGenerator.Ports(3, 16, 0);
        List<GeneratorNetwork> generators = new ArrayList<>();
        List<DcganDiscriminator> discriminators = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            generators.add(new DcganGenerator(new DcganGenerator.Config(4, 8, Activation.RELU), ports, Rng.of(2)));
            discriminators.add(new DcganDiscriminator(
                    new DcganDiscriminator.Config(8, Activation.LEAKY_RELU, Normalization.SPECTRAL), ports, Rng.of(3)));
        }
        var players = new AdversarialStep.Players(generators, discriminators);
        try (var step = new AdversarialStep(players, Precision.FP32, all(), OPTIONS, i -> 1e-3, Rng.of(4))) {
            train(step, 1, 4);
            Scope.run(() -> Tensors.buffers(discriminators.get(0))
                    .forEach((name, buffer) -> assertThat(Tensors.floats(buffer))
                            .containsExactly(Tensors.floats(
                                    Tensors.buffers(discriminators.get(1)).get(name)))));
        }
    }

    /** Where an image is cut out before it is judged, its pixels make no difference. */
    @Test
    void slopesArePenalisedThroughTheChangesThatImagesUndergo() {
        var cutout = DifferentiableAugmentation.of(List.of(Change.CUTOUT));
        var rules = new AdversarialStep.Rules(
                AdversarialLoss.WASSERSTEIN,
                0,
                new SlopePenalty(SlopePenalty.Kind.R1, 3, 1),
                PathLength.Options.NONE,
                cutout);
        double v = 0.2;
        Batch batch = Toys.batch(7, 5, 2);
        double[] gradient = new double[1];
        Scope.run(() -> {
            Rng share = Rng.of(1).fork(1).fork(0);
            double[] real = sums(cutout.apply(batch.images(), share.fork(2)));
            double[] fake = sums(cutout.apply(painted(share.fork(1).normal(5, 1), 0.3), share.fork(3)));
            double[] seen = sums(cutout.apply(torch.ones_like(batch.images()), share.fork(2)));
            assertThat(Arrays.stream(seen).sum()).isBetween(1.0, 59.0);
            for (int n = 0; n < 5; n++) gradient[0] += (fake[n] - real[n] + 3 * v * seen[n]) / 5;
        });
        try (AdversarialStep step = toys(rules, OPTIONS)) {
            assertThat(run(step, batch).gradientNorm()).isCloseTo(Math.abs(gradient[0]), within(1e-5));
        }
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aPenaltyShortensTheSlope(Precision precision) {
        var penalised = new AdversarialStep.Rules(
                AdversarialLoss.NON_SATURATING,
                0,
                new SlopePenalty(SlopePenalty.Kind.R1, 1000, 1),
                PathLength.Options.NONE,
                DifferentiableAugmentation.NONE);
        double[] slopes = new double[2];
        for (int i = 0; i < 2; i++)
            try (AdversarialStep step = dcgan(precision, i == 0 ? PLAIN : penalised, Normalization.NONE)) {
                train(step, 1, 12);
                slopes[i] = Scope.read(() ->
                        step.weights().get("discriminator/judge.weight").norm().item_double());
            }
        assertThat(slopes[1]).isLessThan(slopes[0]);
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void thirtyStepsLeaveNothingBehind(Precision precision) {
        try (AdversarialStep step = dcgan(precision, all(), Normalization.SPECTRAL)) {
            train(step, 1, 4);
            long before = Scope.live();
            train(step, 5, 34);
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        }
    }

    /** The fifth update is the second by the loss and the third by the penalty of weight 2 x 2 on v². */
    @Test
    void aLazyPenaltyHasUpdatesOfItsOwnAndAllAreSlower() {
        var lazy = new AdversarialStep.Rules(
                AdversarialLoss.NON_SATURATING,
                0,
                new SlopePenalty(SlopePenalty.Kind.R1, 2, 2),
                PathLength.Options.NONE,
                DifferentiableAugmentation.NONE);
        double c = 2 / 3.0, beta1 = Math.pow(0.5, c), beta2 = Math.pow(0.999, c), v = 0.2, m1 = 0, m2 = 0;
        try (AdversarialStep step = toys(lazy, OPTIONS)) {
            for (int t = 1, update = 1; t <= 4; t++, update++) {
                double moment = value(step, "discriminator/adam/first/v");
                run(step, Toys.batch(t, 5, 2));
                if (t % 2 == 0) {
                    double slope = 2 * 2 * 12 * v; // the gradient of 12 v² times 2, halved in R1
                    m1 = beta1 * m1 + (1 - beta1) * slope;
                    m2 = beta2 * m2 + (1 - beta2) * slope * slope;
                    v -= 0.01
                            * c
                            * m1
                            / (1 - Math.pow(beta1, update))
                            / (1e-8 + Math.sqrt(m2 / (1 - Math.pow(beta2, update))));
                    moment = m1;
                    update++;
                }
                double gradient = (value(step, "discriminator/adam/first/v") - beta1 * moment) / (1 - beta1);
                m1 = beta1 * moment + (1 - beta1) * gradient;
                m2 = beta2 * m2 + (1 - beta2) * gradient * gradient;
                v -= 0.01
                        * c
                        * m1
                        / (1 - Math.pow(beta1, update))
                        / (1e-8 + Math.sqrt(m2 / (1 - Math.pow(beta2, update))));
                assertThat(value(step, "discriminator/weights/v")).isCloseTo(v, within(1e-5));
            }
        }
    }

    @Test
    void pathLengthsWantStyles() {
        var rules = new AdversarialStep.Rules(
                AdversarialLoss.NON_SATURATING,
                0,
                SlopePenalty.NONE,
                PathLength.Options.PUBLISHED,
                DifferentiableAugmentation.NONE);
        assertThatThrownBy(() -> toys(rules, OPTIONS)).hasMessage("path lengths want a generator with styles: Paint");
    }

    @Test
    void aGameThatIsNotFiniteIsSaidToBe() {
        try (AdversarialStep step = toys(PLAIN, OPTIONS)) {
            Scope.read(() -> step.state().get("discriminator/weights/v").fill_(new Scalar(Double.NaN)));
            assertThatThrownBy(() -> run(step, Toys.batch(1, 5, 2)))
                    .isInstanceOfSatisfying(
                            DivergenceException.class, e -> assertThat(e.step()).isEqualTo(1));
            assertThat(step.steps()).isZero();
            assertThat(value(step, "discriminator/adam/first/v"))
                    .as("nothing was updated")
                    .isZero();
        }
    }

    @Test
    void aGeneratorDoesNotFollowAnAnswerThatIsNotFinite() {
        var wild = new AdversarialStep.Options(0.5, 0.999, 100, 1, List.of(0.9));
        var players = new AdversarialStep.Players(List.of(new Paint(0.3)), List.of(new Scales(0.2)));
        try (var step = new AdversarialStep(players, Precision.FP32, PLAIN, wild, i -> 1e38, Rng.of(1))) {
            assertThatThrownBy(() -> run(step, Toys.batch(1, 5, 2))).isInstanceOf(DivergenceException.class);
            assertThat(value(step, "weights/w")).isEqualTo(0.3f);
        }
    }

    @Test
    void aStateThatLacksATensorIsRefused() {
        try (AdversarialStep step = toys(PLAIN, OPTIONS)) {
            assertThatThrownBy(() -> step.restore(Map.of(), 3)).hasMessage("the saved state lacks weights/w");
        }
    }

    @Test
    void aTrainerDoesNotTakeTheScoreOfAGameForDivergence() {
        int[] made = {0};
        TrainingStep game = new TrainingStep() {
            @Override
            public StepReport run(Batch batch) {
                made[0]++;
                return new StepReport(made[0], made[0] < 300 ? 0.001 : 1, 1, 0.1, batch.count());
            }

            @Override
            public Course course() {
                return Course.PLAYS;
            }
        };
        try (AdversarialStep played = toys(PLAIN, OPTIONS)) {
            assertThat(played.course()).isEqualTo(game.course());
        }
        Trainer.Listener silent = report -> {};
        new Trainer(game, () -> Toys.batch(1, 1, 2), List.of(silent)).run(report -> report.step() == 400);
        assertThat(made[0]).isEqualTo(400);
        TrainingStep descent = batch -> game.run(batch);
        made[0] = 0;
        assertThatThrownBy(() -> new Trainer(descent, () -> Toys.batch(1, 1, 2), List.of(silent))
                        .run(report -> report.step() == 400))
                .isInstanceOf(DivergenceException.class);
    }

    @Test
    void optionsNameWhatTheyRefuse() {
        assertThatThrownBy(() -> new AdversarialStep.Options(1, 0.9, 1, 1, List.of()))
                .hasMessage("beta1 must be in [0, 1): 1.0");
        assertThatThrownBy(() -> new AdversarialStep.Options(0, 1, 1, 1, List.of()))
                .hasMessage("beta2 must be in (0, 1): 1.0");
        assertThatThrownBy(() -> new AdversarialStep.Options(0, 0.9, 0, 1, List.of()))
                .hasMessage("discriminatorRate must be in (0, 100]: 0.0");
        assertThatThrownBy(() -> new AdversarialStep.Options(0, 0.9, 1, 0, List.of()))
                .hasMessage("generatorEvery must be at least 1: 0");
        assertThatThrownBy(() -> new AdversarialStep.Players(List.of(), List.of()))
                .hasMessage("as many discriminators as generators are needed, at least one: 0 and 0");
    }
}
