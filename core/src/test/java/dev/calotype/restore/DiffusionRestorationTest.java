package dev.calotype.restore;

import static dev.calotype.diffusion.Close.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.restore.DiffusionRestoration.Consistency;
import dev.calotype.restore.DiffusionRestoration.Start;
import dev.calotype.sampling.Toy;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pixels are independent N(0.1, 0.2²) here, so that every posterior is known. */
class DiffusionRestorationTest {
    private static final double MEAN = 0.1, DEVIATION = 0.2, SIGMA = 0.15;
    private static final int SIDE = 100, STEPS = 1000;
    private static final DiffusionPrior PRIOR =
            new DiffusionPrior(Toy.gaussian(MEAN, DEVIATION), NoiseSchedule.cosine(1000));

    private static DiffusionRestoration restoration(Consistency consistency, int repeats) {
        return new DiffusionRestoration(PRIOR, STEPS, 1, repeats, 1, consistency);
    }

    private static Tensor truth(Rng rng) {
        return Tensors.scale(DEVIATION, rng.normal(1, 1, SIDE, SIDE)).add(new Scalar(MEAN));
    }

    private static Observation noisy(Tensor truth, LinearOperator operator, double sigma, Rng rng) {
        Tensor y = operator.apply(truth);
        Tensor seen = operator instanceof Masking ? operator.apply(rng.normalLike(y)) : rng.normalLike(y);
        return new Observation(y.add(Tensors.scale(sigma, seen)), operator, sigma);
    }

    private static Masking half() {
        byte[] kept = new byte[SIDE * SIDE];
        for (int i = 0; i < kept.length; i++) kept[i] = (byte) (i % 2);
        return new Masking(SIDE, SIDE, kept);
    }

    /** Every second value, from {@code first}. */
    private static double[] every(double[] x, int first) {
        return IntStream.range(0, x.length)
                .filter(i -> i % 2 == first)
                .mapToDouble(i -> x[i])
                .toArray();
    }

    private static double mean(double[] x) {
        return Arrays.stream(x).average().orElseThrow();
    }

    private static double deviation(double[] x) {
        double mean = mean(x);
        return Math.sqrt(
                Arrays.stream(x).map(v -> (v - mean) * (v - mean)).average().orElseThrow());
    }

    /** Standard normal if {@code x} is drawn from the posterior of the prior and {@code y} with noise {@code sigma}. */
    private static double[] standardised(double[] x, double[] y, double sigma) {
        double gain = DEVIATION * DEVIATION / (DEVIATION * DEVIATION + sigma * sigma);
        return IntStream.range(0, x.length)
                .mapToDouble(i -> (x[i] - MEAN - gain * (y[i] - MEAN)) / (sigma * Math.sqrt(gain)))
                .toArray();
    }

    private static void assertStandardNormal(double[] z) {
        double error = 4 / Math.sqrt(z.length);
        assertThat(mean(z)).isCloseTo(0, within(error));
        assertThat(deviation(z)).isCloseTo(1, within(error));
    }

    private static double[] restored(Restorer restorer, Observation observation) {
        return Tensors.doubles(restorer.restore(observation, Rng.of(5), Budget.UNLIMITED, Watcher.NONE)
                .image());
    }

    @Test
    void denoisingDrawsFromThePosterior() {
        Scope.run(() -> {
            Observation observation = noisy(truth(Rng.of(1)), new Identity(), SIGMA, Rng.of(2));
            double[] x = restored(new DiffusionRestoration(PRIOR, 4000, 1, 1, 1, Consistency.PROJECTION), observation);
            assertStandardNormal(standardised(x, Tensors.doubles(observation.image()), SIGMA));
        });
    }

    @Test
    void oneStepIsThePosteriorMean() {
        Scope.run(() -> {
            Observation observation = noisy(truth(Rng.of(1)), new Identity(), SIGMA, Rng.of(2));
            double gain = DEVIATION * DEVIATION / (DEVIATION * DEVIATION + SIGMA * SIGMA);
            double[] expected = Arrays.stream(Tensors.doubles(observation.image()))
                    .map(y -> MEAN + gain * (y - MEAN))
                    .toArray();
            assertClose("mean", restored(new DiffusionRestoration(PRIOR, 1), observation), expected, 1e-5);
        });
    }

    @ParameterizedTest
    @EnumSource(Consistency.class)
    void aStartInTheMiddleAndOneFromPureNoiseHaveTheSameLaw(Consistency consistency) {
        Scope.run(() -> {
            Observation observation = noisy(truth(Rng.of(1)), new Identity(), SIGMA, Rng.of(2));
            Start noise = new Start(Tensors.scale(0, observation.image()), 100, 100);
            double[] x = Tensors.doubles(restoration(consistency, 1)
                    .restore(observation, noise, Rng.of(3), Budget.UNLIMITED, Watcher.NONE)
                    .image());
            assertStandardNormal(standardised(x, Tensors.doubles(observation.image()), SIGMA));
        });
    }

    @ParameterizedTest
    @EnumSource(Consistency.class)
    void withoutNoiseWhatWasSeenStaysAndTheRestFollowsThePrior(Consistency consistency) {
        Scope.run(() -> {
            Observation observation = noisy(truth(Rng.of(1)), half(), 0, Rng.of(2));
            double[] x = restored(restoration(consistency, 1), observation);
            assertClose("seen", every(x, 1), every(Tensors.doubles(observation.image()), 1), 1e-5);
            double[] missing = every(x, 0);
            assertThat(mean(missing)).isCloseTo(MEAN, within(0.012)); // 4 standard errors
            assertThat(deviation(missing)).isCloseTo(DEVIATION, within(0.009));
        });
    }

    @ParameterizedTest
    @EnumSource(Consistency.class)
    void noiseThatIsSeenThroughAMaskIsWeighed(Consistency consistency) {
        Scope.run(() -> {
            Observation observation = noisy(truth(Rng.of(1)), half(), SIGMA, Rng.of(2));
            double[] x = restored(restoration(consistency, 1), observation);
            assertStandardNormal(standardised(every(x, 1), every(Tensors.doubles(observation.image()), 1), SIGMA));
        });
    }

    @ParameterizedTest
    @EnumSource(Consistency.class)
    void whatIsCertainHoldsInTheEnd(Consistency consistency) { // as of JPEG: y says in which cell a value lies
        Scope.run(() -> {
            Tensor truth = truth(Rng.of(1));
            Tensor y = Tensors.scale(0.25, Tensors.scale(4, truth).round());
            FeasibleSet cells = (seen, observed) -> observed.add(Tensors.clamp(seen.sub(observed), -0.125, 0.125));
            Observation observation = new Observation(y, new Identity(), 0.25 / Math.sqrt(12), cells);
            Tensor image = restoration(consistency, 1)
                    .restore(observation, Rng.of(3), new Budget(0, 50), Watcher.NONE)
                    .image();
            assertThat(image.sub(y).abs().max().item_double()).isLessThan(0.125 + 1e-6);
            double before = truth.sub(y).square().mean().item_double();
            assertThat(image.sub(truth).square().mean().item_double())
                    .isCloseTo(2 * before, within(0.1 * before)); // as of a draw
        });
    }

    @Test
    void goingBackAndOnAgainChangesNoLaw() {
        Scope.run(() -> {
            Observation observation = noisy(truth(Rng.of(1)), half(), SIGMA, Rng.of(2));
            double[] x = restored(restoration(Consistency.PROJECTION, 3), observation);
            assertStandardNormal(standardised(every(x, 1), every(Tensors.doubles(observation.image()), 1), SIGMA));
            assertThat(deviation(every(x, 0))).isCloseTo(DEVIATION, within(0.009));
        });
    }

    @Test
    void theMeanOfManyDrawsIsLessRandom() {
        Scope.run(() -> {
            Observation observation = noisy(truth(Rng.of(1)), half(), 0, Rng.of(2));
            double[] x = restored(new DiffusionRestoration(PRIOR, STEPS, 1, 1, 4, Consistency.PROJECTION), observation);
            assertThat(deviation(every(x, 0))).isCloseTo(DEVIATION / 2, within(0.008));
        });
    }

    /** Half of the pixels are known exactly; the prior alone decides about the other half. */
    @Test
    void theSpreadOfDrawsIsThePosteriors() {
        Scope.run(() -> {
            Observation observation = noisy(truth(Rng.of(1)), half(), 0, Rng.of(2));
            DiffusionRestoration four = new DiffusionRestoration(PRIOR, STEPS, 1, 1, 4, Consistency.PROJECTION);
            Restorer.Restored restored = four.restore(observation, Rng.of(3), Budget.UNLIMITED, Watcher.NONE);
            assertThat(restored.spread()).isCloseTo(DEVIATION / Math.sqrt(2), within(0.008));
            Restorer.Restored one = restoration(Consistency.PROJECTION, 1)
                    .restore(observation, Rng.of(3), Budget.UNLIMITED, Watcher.NONE);
            assertThat(one.spread()).isNaN();
        });
    }

    @Test
    void anEstimateWithWhiteErrorIsTakenForWhatItIs() {
        Scope.run(() -> {
            Tensor truth = truth(Rng.of(1));
            Observation observation = noisy(truth, half(), 0, Rng.of(2));
            double error = 0.1;
            Tensor estimate = truth.add(Tensors.scale(error, Rng.of(4).normalLike(truth)));
            DiffusionRestoration many = new DiffusionRestoration(PRIOR, 4000, 1, 1, 1, Consistency.PROJECTION);
            double[] x = Tensors.doubles(
                    many.restore(observation, Start.at(estimate, error, 0), Rng.of(3), Budget.UNLIMITED, Watcher.NONE)
                            .image());
            assertStandardNormal(standardised(every(x, 0), every(Tensors.doubles(estimate), 0), error));
        });
    }

    @Test
    void aBudgetIsKeptAndTold() {
        Scope.run(() -> {
            Observation observation = noisy(truth(Rng.of(1)), half(), SIGMA, Rng.of(2));
            List<Watcher.Frame> frames = new ArrayList<>();
            Restorer.Restored restored = restoration(Consistency.PROJECTION, 2)
                    .restore(observation, Rng.of(3), new Budget(0, 9), frames::add);
            assertThat(restored.iterations()).isEqualTo(9);
            assertThat(frames)
                    .extracting(Watcher.Frame::iteration)
                    .isEqualTo(IntStream.rangeClosed(1, 9).boxed().toList());
            assertThat(frames).extracting(Watcher.Frame::total).containsOnly(9);
            Restorer.Restored hurried = restoration(Consistency.PROJECTION, 1)
                    .restore(observation, Rng.of(3), new Budget(1e-6, 0), Watcher.NONE);
            assertThat(hurried.iterations()).isBetween(1, 2);
        });
    }

    @ParameterizedTest
    @EnumSource(Consistency.class)
    void itHoldsNoMemoryAndDrawsTheSameAgain(Consistency consistency) {
        Restorer restorer = new DiffusionRestoration(PRIOR, 12, 1, 2, 2, consistency);
        double[][] results = new double[2][];
        long[] live = new long[2];
        for (int i = 0; i < 2; i++) {
            int run = i;
            Scope.run(() -> results[run] =
                    restored(restorer, noisy(Rng.of(1).normal(1, 1, SIDE, SIDE), half(), SIGMA, Rng.of(2))));
            live[i] = Scope.live();
        }
        assertThat(live[1]).isLessThanOrEqualTo(live[0]);
        assertThat(results[1]).isEqualTo(results[0]);
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new DiffusionRestoration(PRIOR, 0)).hasMessage("steps must be at least 1: 0");
        assertThatThrownBy(() -> new DiffusionRestoration(PRIOR, 1, 2, 1, 1, Consistency.PROJECTION))
                .hasMessage("eta must be in 0..1: 2.0");
        assertThatThrownBy(() -> new Start(null, -1, 1)).hasMessage("added must be at least 0: -1.0");
    }
}
