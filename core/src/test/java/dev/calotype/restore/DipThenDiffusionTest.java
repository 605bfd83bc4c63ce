package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Deviation;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.sampling.Toy;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DipThenDiffusionTest {
    private static final int SIDE = 120;
    private static final DiffusionPrior PRIOR = new DiffusionPrior(Toy.gaussian(0, 0.2), NoiseSchedule.cosine(1000));

    private static Tensor truth() {
        return Tensors.scale(0.2, Rng.of(1).normal(1, 3, SIDE, SIDE));
    }

    /** Answers the truth with white noise, or with one that is always the same. */
    private static Restorer off(double chance, double bias) {
        return (observation, rng, budget, watcher) -> {
            Tensor image = Scope.inference(() -> {
                Tensor x = truth();
                Tensor same = Tensors.scale(bias, Rng.of(77).normalLike(x));
                return x.add(same).add(Tensors.scale(chance, rng.normalLike(x)));
            });
            return new Restorer.Restored(image, 3, 5);
        };
    }

    private static LinearOperator operator(String name) {
        if (name.equals("none")) return new Identity();
        byte[] kept = new byte[SIDE * SIDE];
        for (int i = 0; i < kept.length; i++) kept[i] = (byte) (i % 3 == 0 ? 1 : 0);
        Masking mask = new Masking(SIDE, SIDE, kept);
        return name.equals("mask") ? mask : new Composition(new Halving(), new Identity());
    }

    private static Observation observation(String operator, double sigma) {
        LinearOperator a = operator(operator);
        Tensor y = a.apply(truth());
        Tensor noise = a instanceof Masking
                ? a.apply(Rng.of(2).normalLike(y))
                : Rng.of(2).normalLike(y);
        return new Observation(y.add(Tensors.scale(sigma, noise)), a, sigma);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "mask", "halving"})
    void heldOutPixelsTellTheErrorWithoutTheTruth(String operator) {
        Scope.run(() -> {
            ErrorEstimate.Judged judged = new ErrorEstimate.HeldOut(0.2)
                    .judge(off(0.1, 0), observation(operator, 0.05), Rng.of(3), Budget.UNLIMITED, Watcher.NONE);
            assertThat(judged.error()).isCloseTo(0.1, within(0.006));
        });
    }

    @Test
    void heldOutPixelsAreHiddenFromTheRestorerAndNoiseFreeOnesAreMissed() {
        Scope.run(() -> {
            Observation whole = observation("mask", 0);
            Tensor[] given = new Tensor[1];
            Restorer spy = (observation, rng, budget, watcher) -> {
                given[0] = observation.image().ne(new Scalar(0)).narrow(1, 0, 1);
                return off(0, 0).restore(observation, rng, budget, watcher);
            };
            ErrorEstimate.Judged judged =
                    new ErrorEstimate.HeldOut(0.25).judge(spy, whole, Rng.of(3), Budget.UNLIMITED, Watcher.NONE);
            assertThat(given[0].sum().item_double()).isEqualTo(3600); // of 4800 that the mask keeps
            assertThat(judged.error()).isEqualTo(0);
        });
    }

    @Test
    void twoFitsTellWhatChanceDoesAndGuessTheRest() {
        Scope.run(
                () -> { // bias² = v/2: as guessed
                    ErrorEstimate.Judged judged = new ErrorEstimate.Disagreement()
                            .judge(
                                    off(0.1, 0.1 / Math.sqrt(2)),
                                    observation("none", 0.05),
                                    Rng.of(3),
                                    Budget.UNLIMITED,
                                    Watcher.NONE);
                    assertThat(judged.error()).isCloseTo(0.1, within(0.002));
                    Tensor off = judged.restored().image().sub(truth());
                    assertThat(Math.sqrt(off.square().mean().item_double())).isCloseTo(0.1, within(0.002));
                    assertThat(judged.restored().iterations()).isEqualTo(10);
                });
    }

    @Test
    void aFitMayDifferentiateWhoeverJudgesIt() {
        Scope.run(() -> {
            Restorer fit = (observation, rng, budget, watcher) -> {
                assertThat(GradMode.is_enabled()).isTrue();
                return off(0.1, 0).restore(observation, rng, budget, watcher);
            };
            for (ErrorEstimate estimate : List.of(
                    new ErrorEstimate.HeldOut(0.25), new ErrorEstimate.Disagreement(), new ErrorEstimate.Given(0.1)))
                estimate.judge(fit, observation("none", 0.05), Rng.of(3), Budget.UNLIMITED, Watcher.NONE);
        });
    }

    @Test
    void ofAPictureWithHolesMoreIsHiddenAndItStaysOneWithHoles() {
        Scope.run(() -> {
            Observation seen = Degradation.parse("mask:0.5").observe(Toys.smooth(32, 36, 3), Rng.of(1));
            Masking whole = (Masking) seen.operator();
            Restorer spy = (observation, rng, budget, watcher) -> {
                Masking fewer = (Masking) observation.operator();
                assertThat(fewer.keptPixels()).isEqualTo(whole.keptPixels() - Math.round(0.25f * whole.keptPixels()));
                assertThat(Deviation.largest(observation.image(), fewer.apply(seen.image())))
                        .isZero();
                return new Restorer.Restored(observation.image(), 1, 1);
            };
            assertThat(new ErrorEstimate.HeldOut(0.25)
                            .judge(spy, seen, Rng.of(3), Budget.UNLIMITED, Watcher.NONE)
                            .error())
                    .isPositive();
        });
    }

    @Test
    void aBetterEstimateAsksForFewerSteps() {
        Scope.run(() -> {
            int last = 0;
            for (double error : new double[] {0.01, 0.1, 0.5, 3}) {
                Restorer union = new DipThenDiffusion(
                        off(error, 0), new ErrorEstimate.Given(error), 0.5, 1, new DiffusionRestoration(PRIOR, 100));
                int steps = union.restore(observation("mask", 0), Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                                .iterations()
                        - 5;
                assertThat(steps).isGreaterThan(last).isLessThan(100);
                last = steps;
            }
        });
    }

    @Test
    void itImprovesTheEstimateAndKeepsWhatWasSeen() {
        Scope.run(() -> {
            Observation observation = observation("mask", 0);
            List<Integer> iterations = new ArrayList<>();
            Restorer union = new DipThenDiffusion(
                    off(0.1, 0), new ErrorEstimate.HeldOut(0.1), 0.5, 0, new DiffusionRestoration(PRIOR, 10));
            Tensor image = union.restore(
                            observation, Rng.of(1), Budget.UNLIMITED, frame -> iterations.add(frame.iteration()))
                    .image();
            assertThat(image.sub(truth()).square().mean().item_double()).isLessThan(0.01 * 2 / 3);
            Tensor seen = observation.operator().apply(image).sub(observation.image());
            assertThat(seen.abs().max().item_double()).isLessThan(1e-6);
            assertThat(iterations.get(0)).isEqualTo(6); // after the five of the estimate
        });
    }

    @Test
    void noiseIsRemovedFromTheObservationWhereTheEstimateIsWorse() {
        Scope.run(() -> {
            Observation observation = observation("none", 0.05);
            Restorer union = new DipThenDiffusion(
                    off(0.1, 0), new ErrorEstimate.Given(0.1), 0.5, 1, new DiffusionRestoration(PRIOR, 1));
            Tensor image = union.restore(observation, Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            double gain = 0.04 / (0.04 + 0.0025);
            Tensor off = image.sub(Tensors.scale(gain, observation.image()));
            assertThat(off.abs().max().item_double()).isLessThan(1e-5);
        });
    }

    @Test
    void nonsenseIsRefused() {
        DiffusionRestoration then = new DiffusionRestoration(PRIOR, 1);
        ErrorEstimate given = new ErrorEstimate.Given(1);
        assertThatThrownBy(() -> new DipThenDiffusion(null, given, 1, 1, then))
                .hasMessage("share must be in (0, 1): 1.0");
        assertThatThrownBy(() -> new DipThenDiffusion(null, given, 0.5, -1, then))
                .hasMessage("margin must be at least 0: -1.0");
        assertThatThrownBy(() -> new ErrorEstimate.HeldOut(0)).hasMessage("share must be in (0, 1): 0.0");
        byte[] one = new byte[SIDE * SIDE];
        one[7] = 1;
        Scope.run(() -> {
            Masking mask = new Masking(SIDE, SIDE, one);
            Observation single = new Observation(mask.apply(truth()), mask, 0);
            assertThatThrownBy(() -> new ErrorEstimate.HeldOut(0.1)
                            .judge(off(0, 0), single, Rng.of(1), Budget.UNLIMITED, Watcher.NONE))
                    .hasMessage("at least 2 pixels must be observed, that one can be held out: 1");
        });
    }

    /** The mean of two neighbours in a row: an operator whose A Aᵀ is not the identity. */
    private record Halving() implements LinearOperator {
        @Override
        public Tensor apply(Tensor x) {
            return x.reshape(x.size(0), x.size(1), x.size(2), x.size(3) / 2, 2).mean(4);
        }

        @Override
        public Tensor adjoint(Tensor y) {
            return Tensors.scale(0.5, y.repeat_interleave(2, new org.bytedeco.pytorch.LongOptional(3), null));
        }

        @Override
        public Tensor invert(Tensor y, double ridge) {
            return Tensors.scale(1 / (0.5 + ridge), adjoint(y));
        }

        @Override
        public Size imageSize(Size observed) {
            return new Size(observed.height(), 2 * observed.width());
        }

        @Override
        public Size observedSize(Size image) {
            return new Size(image.height(), image.width() / 2);
        }
    }
}
