package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Deviation;
import dev.calotype.image.Images;
import dev.calotype.image.Resize;
import dev.calotype.image.Resize.Filter;
import dev.calotype.restore.Restorer.Restored;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestorersTest {
    /** Takes noise off as far as the mean of nine pixels does. */
    private static final GaussianDenoiser SMOOTHING = (x, sigma) -> new GaussianBlur(3 * sigma).apply(x);

    static Stream<Restorer> restorers() {
        return Stream.of(
                new Unchanged(), new PseudoInverse(), new TotalVariation(0.75, 30), new PlugAndPlay(SMOOTHING, 3));
    }

    static Stream<Restorer> iterative() {
        return restorers().skip(2);
    }

    @ParameterizedTest
    @MethodSource("restorers")
    void anyDegradationIsAnswered(Restorer restorer) {
        Scope.run(() -> {
            for (String text : List.of(
                    "none",
                    "gaussian:25",
                    "mask:0.5",
                    "mask:0.3+gaussian:25",
                    "down:2",
                    "down:4:lanczos+gaussian:5",
                    "blur:1+gaussian:2",
                    "motion:5:30+gaussian:2",
                    "down:2+mask:0.2",
                    "jpeg:20",
                    "salt-pepper:0.2",
                    "poisson:30")) {
                Observation seen = Degradation.parse(text).observe(steps(16, 24), Rng.of(1));
                Restored restored = restorer.restore(seen, Rng.of(2), Budget.UNLIMITED, Watcher.NONE);
                assertThat(Tensors.shape(restored.image())).as(text).containsExactly(1, 3, 16, 24);
                assertThat(restored.image().abs().max().item_double()).as(text).isLessThanOrEqualTo(1);
                assertThat(restored.image().isfinite().all().item_bool())
                        .as(text)
                        .isTrue();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("restorers")
    void nothingStaysBehind(Restorer restorer) {
        Runnable once = () -> Scope.run(() -> restorer.restore(
                Degradation.parse("mask:0.5+gaussian:5").observe(steps(16, 24), Rng.of(1)),
                Rng.of(2),
                Budget.UNLIMITED,
                Watcher.NONE));
        once.run();
        long before = Scope.live();
        once.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("iterative")
    void theBudgetIsKeptAndEveryIterationSeen(Restorer restorer) {
        Scope.run(() -> {
            Observation seen = Degradation.parse("mask:0.5").observe(steps(16, 24), Rng.of(1));
            List<Integer> iterations = new ArrayList<>();
            Restored restored = restorer.restore(seen, Rng.of(2), new Budget(0, 2), f -> iterations.add(f.iteration()));
            assertThat(restored.iterations()).isEqualTo(2);
            assertThat(iterations).containsExactly(1, 2);
            Restored hasty = restorer.restore(seen, Rng.of(2), new Budget(1e-9, 0), Watcher.NONE);
            assertThat(hasty.iterations()).isEqualTo(1);
        });
    }

    @Test
    void theBaselineOfAReductionIsPillowsEnlargement() {
        Scope.run(() -> {
            Observation seen = Degradation.parse("down:4").observe(steps(32, 48), Rng.of(1));
            var small = Images.ofTensor(seen.image());
            var large = Resize.to(small, 48, 32, Filter.BICUBIC);
            Tensor ours = new Unchanged()
                    .restore(seen, Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            assertThat(Deviation.largest(ours, Images.toTensor(large))).isLessThan(3 / 127.5);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"down:2", "mask:0.5", "down:4:lanczos"})
    void thePseudoInverseAgreesWithTheObservation(String text) {
        Scope.run(() -> {
            Tensor clean = Tensors.scale(0.5, steps(16, 24));
            Observation seen = Degradation.parse(text).observe(clean, Rng.of(1));
            Tensor image = new PseudoInverse()
                    .restore(seen, Rng.of(2), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            assertThat(Deviation.largest(seen.operator().apply(image), seen.image()))
                    .isLessThan(0.01);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gaussian:25",
                "mask:0.5",
                "mask:0.5+gaussian:15",
                "salt-pepper:0.3",
                "down:2",
                "blur:1+gaussian:2"
            })
    void leastVariationIsNearerToAPictureOfSteps(String text) {
        Scope.run(() -> {
            Tensor clean = steps(48, 64);
            Observation seen = Degradation.parse(text).observe(clean, Rng.of(1));
            Tensor before = new Unchanged()
                    .restore(seen, Rng.of(2), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            Tensor after = TotalVariation.USUAL
                    .restore(seen, Rng.of(2), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            assertThat(error(after, clean)).isLessThan(0.5 * error(before, clean));
        });
    }

    @Test
    void leastVariationOfAFlatRowIsKnown() {
        // min 1/2 |x - y|^2 + lambda TV of a step of n and m pixels: both sides move by lambda / n and lambda / m
        Scope.run(() -> {
            Tensor y = Tensors.of(new float[] {-0.5f, -0.5f, -0.5f, -0.5f, 0.5f, 0.5f}, 1, 1, 1, 6);
            Observation seen = new Observation(y, new Identity(), 0.2);
            Tensor x = new TotalVariation(1, 5000)
                    .restore(seen, Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            double[] wanted = {-0.45, -0.45, -0.45, -0.45, 0.4, 0.4};
            assertThat(Tensors.doubles(x)).containsExactly(wanted, within(1e-3));
        });
    }

    @Test
    void theForecastFollowsHowFastThePictureComesToRest() {
        assertThat(TotalVariation.planned(10, 300, 2e-2, 2e-3)).isEqualTo(20); // a tenth in 10, a hundredth in 20
        assertThat(TotalVariation.planned(10, 15, 2e-2, 2e-3)).isEqualTo(15);
        assertThat(TotalVariation.planned(1, 300, 1e-2, 1e-2)).isEqualTo(300);
        assertThat(TotalVariation.planned(40, 300, 1e-2, 1e-5)).isEqualTo(40);
        Scope.run(() -> {
            Observation seen = Degradation.parse("mask:0.5").observe(steps(32, 32), Rng.of(1));
            int[] last = new int[2];
            TotalVariation.USUAL.restore(seen, Rng.of(1), Budget.UNLIMITED, frame -> {
                last[0] = frame.iteration();
                last[1] = frame.total();
            });
            assertThat(last[1]).isEqualTo(last[0]).isLessThan(300);
        });
    }

    @Test
    void knownPixelsStayUnderAMaskWithoutNoise() {
        Scope.run(() -> {
            Observation seen = Degradation.parse("mask:0.5").observe(steps(32, 32), Rng.of(1));
            Tensor x = TotalVariation.USUAL
                    .restore(seen, Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            assertThat(error(seen.operator().apply(x), seen.image())).isLessThan(0.01);
        });
    }

    /** However small the share of the hole: a picture of two halves, whose border a smooth filling blurs. */
    @Test
    void aHoleIsFilledByLeastVariationAndNotLeftAsItWasBegun() {
        Scope.run(() -> {
            float[] values = new float[64 * 64];
            for (int i = 0; i < values.length; i++) values[i] = i % 64 < 32 ? -0.8f : 0.8f;
            Tensor clean = Tensors.of(values, 1, 1, 64, 64);
            byte[] kept = new byte[64 * 64];
            java.util.Arrays.fill(kept, (byte) 1);
            for (int y = 28; y < 36; y++) for (int x = 26; x < 38; x++) kept[y * 64 + x] = 0;
            Masking mask = new Masking(64, 64, kept);
            Tensor begun = HoleFilling.of(mask.apply(clean), mask);
            Tensor x = TotalVariation.USUAL
                    .restore(new Observation(mask.apply(clean), mask, 0), Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            assertThat(error(x, clean)).isLessThan(0.2 * error(begun, clean));
        });
    }

    /** The lines of a large picture are shared by threads, and nothing is different for it. */
    @Test
    void linesThatThreadsShareAreSettledAsByOne() {
        int width = 600, height = 500;
        float[] seen = new float[width * height];
        Rng rng = Rng.of(4);
        for (int i = 0; i < seen.length; i++) seen[i] = (float) (2 * rng.nextDouble() - 1);
        float[][] y = VariationDual.lines(seen, width), gain = VariationDual.lines(new float[seen.length], width);
        for (int r = 0; r < height; r += 2) java.util.Arrays.fill(gain[r], 0.3f);
        var pull = new VariationDual.Pull(y, gain, 0.4f, 0.25f, 0.8f);
        VariationDual shared = new VariationDual(1, height, width), halves = new VariationDual(1, height / 2, width);
        float[][] x = VariationDual.lines(seen, width), far = VariationDual.lines(seen, width);
        float[][] top = java.util.Arrays.copyOf(VariationDual.lines(seen, width), height / 2);
        float[][] topFar = java.util.Arrays.copyOf(VariationDual.lines(seen, width), height / 2);
        double moved = 0, movedTop = 0;
        for (int i = 0; i < 3; i++) {
            moved = shared.iterate(x, far, pull);
            movedTop = halves.iterate(top, topFar, pull);
        }
        assertThat(moved).isGreaterThan(1.5 * movedTop).isLessThan(2.5 * movedTop);
        for (int r = 0; r < height / 2 - 4; r++) assertThat(x[r]).isEqualTo(top[r]);
    }

    @ParameterizedTest
    @ValueSource(doubles = {5, 15, 25, 50})
    void theLevelOfNoiseIsSeenInThePicture(double level) {
        Scope.run(() -> {
            Tensor noisy = new GaussianNoise(level).add(steps(96, 128), Rng.of(1));
            assertThat(NoiseLevelEstimate.ofPatches(noisy) * 127.5).isCloseTo(level, within(0.1 * level));
            assertThat(NoiseLevelEstimate.ofWavelets(noisy) * 127.5).isCloseTo(level, within(0.1 * level));
        });
    }

    /** Whose patches are not all looked at. */
    @Test
    void theLevelOfALargePictureIsThatOfItsPart() {
        Scope.run(() -> {
            Tensor noisy = new GaussianNoise(15).add(steps(520, 500), Rng.of(1));
            assertThat(NoiseLevelEstimate.ofPatches(noisy) * 127.5).isCloseTo(15, within(0.3));
            assertThat(NoiseLevelEstimate.ofPatches(noisy.narrow(2, 0, 200).narrow(3, 0, 200)) * 127.5)
                    .isCloseTo(15, within(0.3));
        });
    }

    @Test
    void aTinyPictureHasALevelToo() {
        Scope.run(() -> {
            assertThat(NoiseLevelEstimate.of(Rng.of(1).normal(1, 3, 1, 9))).isZero();
            assertThat(NoiseLevelEstimate.of(Rng.of(1).normal(1, 3, 20, 20))).isCloseTo(1, within(0.2));
            assertThat(NoiseLevelEstimate.of(Tensors.scale(0, Rng.of(1).normal(1, 3, 40, 40))))
                    .isCloseTo(0, within(1e-4));
        });
    }

    @Test
    void aPictureOfOnePixelIsAnswered() {
        Scope.run(() -> {
            for (String text : List.of("gaussian:25", "blur:2", "motion:9:45", "jpeg:20", "mask:0.9", "poisson:5"))
                for (Restorer restorer : restorers().toList()) {
                    Observation seen = Degradation.parse(text).observe(Rng.of(1).uniform(1, 1, 1, 1), Rng.of(1));
                    Tensor x = restorer.restore(seen, Rng.of(1), new Budget(0, 3), Watcher.NONE)
                            .image();
                    assertThat(x.isfinite().all().item_bool())
                            .as(text + " " + restorer)
                            .isTrue();
                }
        });
    }

    private static double error(Tensor a, Tensor b) {
        return a.sub(b).square().mean().sqrt().item_double();
    }

    /** Squares of several colours on a ground. */
    private static Tensor steps(int height, int width) {
        float[] values = new float[3 * height * width];
        for (int c = 0, i = 0; c < 3; c++)
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++, i++) {
                    boolean inside = y > height / 4 && y < height * 3 / 4 && x > width / 3 && x < width * 4 / 5;
                    values[i] = inside ? 0.6f - 0.4f * c : x < width / 6 ? -0.1f : -0.6f + 0.2f * c;
                }
        return Tensors.of(values, 1, 3, height, width);
    }
}
