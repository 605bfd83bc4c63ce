package dev.calotype.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Deviation;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.model.DeepDecoder;
import dev.calotype.model.SkipNet;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class UnionsTest {
    private static final UntrainedPrior PRIOR = new UntrainedPrior(
            SkipNet.Config.even(2, 16, 2, SkipNet.Upsampling.BILINEAR),
            new PriorInput(PriorInput.Kind.NOISE, 4, 0),
            new UntrainedPrior.Fitting(0.01, 0.8, 0, 0, 1),
            new Placement(Device.CPU, Precision.FP32));

    private static Tensor noisy(Tensor clean, double sigma) {
        return clean.add(Tensors.scale(sigma, Rng.of(7).normalLike(clean)));
    }

    private static double error(Tensor a, Tensor b) {
        return Scope.read(() -> a.sub(b).square().mean().item_double());
    }

    @Test
    void stagesTakeNoiseFromASmoothPictureAndEndByThemselves() {
        Scope.run(() -> {
            Tensor clean = Toys.smooth(32, 36, 1);
            Tensor noisy = noisy(clean, 0.3);
            var restored = new StagedDip(PRIOR, StagedDip.Stages.linear(12, 20))
                    .restore(new Observation(noisy, new Identity(), 0.3), Rng.of(1), Budget.UNLIMITED, Watcher.NONE);
            assertThat(error(restored.image(), clean)).isLessThan(error(noisy, clean) / 2);
            assertThat(restored.iteration() % 20).isZero();
            assertThat(restored.iteration()).isPositive().isLessThanOrEqualTo(restored.iterations());
        });
    }

    @Test
    void nothingIsLearnedOfNoiseSoTheStagesEndSoon() {
        Scope.run(() -> {
            Tensor noise = Tensors.scale(0.3, Rng.of(5).normal(1, 1, 32, 32));
            var restored = new StagedDip(PRIOR, StagedDip.Stages.linear(20, 15))
                    .restore(new Observation(noise, new Identity(), 0.3), Rng.of(1), Budget.UNLIMITED, Watcher.NONE);
            assertThat(restored.iterations()).isLessThan(20 * 15);
        });
    }

    private static final UntrainedPrior FROM_ESTIMATE = PRIOR.seeing(PriorInput.Kind.ESTIMATE);

    /** Answers what it is told to, and keeps what it was shown. */
    private static Restorer answering(Tensor answer, List<Observation> shown) {
        return (observation, rng, budget, watcher) -> {
            shown.add(observation);
            return new Restorer.Restored(answer, 1, 1);
        };
    }

    @Test
    void stagesBeginFromAnEstimateThatSawNoPixelWhichJudgesThem() {
        Scope.run(() -> {
            Observation seen = Degradation.parse("mask:0.5").observe(Toys.smooth(32, 36, 1), Rng.of(1));
            StagedDip.Stages stages = new StagedDip.Stages(NoiseSchedule.ofBetas(new double[] {1e-6}), 3, 0.2);
            List<Observation> shown = new ArrayList<>();
            Tensor[] answers = new Tensor[3];
            Tensor grey = Tensors.scale(0, seen.image());
            for (int i = 0; i < 3; i++) {
                Restorer before = i == 0 ? null : answering(i == 1 ? grey : Toys.smooth(32, 36, 1), shown);
                answers[i] = new StagedDip(i == 0 ? PRIOR : FROM_ESTIMATE, stages, before)
                        .restore(seen, Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                        .image();
            }
            assertThat(Deviation.largest(answers[0], answers[1])).isZero();
            assertThat(Deviation.largest(answers[0], answers[2])).isPositive();
            int kept = ((Masking) seen.operator()).keptPixels();
            assertThat(((Masking) shown.get(1).operator()).keptPixels()).isBetween(kept / 2, kept - 1);
        });
    }

    @Test
    void aGuidedFitBeginsFromAnEstimate() {
        Scope.run(() -> {
            Observation seen = new Observation(Toys.smooth(16, 16, 1), new Identity(), 0.1);
            GuidedDip.Guide guide = new GuidedDip.Guide((x, sigma) -> x, 0.5, 0.1, 0, 2);
            List<Observation> shown = new ArrayList<>();
            Tensor[] answers = new Tensor[2];
            for (int i = 0; i < 2; i++)
                answers[i] = new GuidedDip(
                                FROM_ESTIMATE,
                                guide,
                                new FixedCount(2),
                                answering(Tensors.scale(i, seen.image()), shown))
                        .restore(seen, Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                        .image();
            assertThat(shown).containsExactly(seen, seen);
            assertThat(Deviation.largest(answers[0], answers[1])).isPositive();
            assertThatThrownBy(() -> new GuidedDip(FROM_ESTIMATE, guide, new FixedCount(2)))
                    .hasMessageContaining("only there");
            assertThatThrownBy(() -> new StagedDip(PRIOR, StagedDip.Stages.linear(3, 2), answering(null, shown)))
                    .hasMessageContaining("only there");
        });
    }

    @Test
    void aBudgetOfIterationsIsSharedAmongTheStages() {
        Scope.run(() -> {
            List<Integer> seen = new ArrayList<>();
            new StagedDip(PRIOR, StagedDip.Stages.linear(3, 100))
                    .restore(
                            new Observation(Toys.smooth(16, 16, 3), new Identity(), 0),
                            Rng.of(1),
                            new Budget(0, 6),
                            frame -> seen.add(frame.iteration() * 10 + frame.total()));
            assertThat(seen).startsWith(16, 26, 36, 46).hasSizeBetween(4, 6);
        });
    }

    @Test
    void aNetworkThatEnlargesCannotTakeAPicture() {
        UntrainedPrior decoder =
                new UntrainedPrior(new DeepDecoder.Config(2, 8), PRIOR.input(), PRIOR.fitting(), PRIOR.placement());
        assertThatThrownBy(() -> decoder.seeing(PriorInput.Kind.OBSERVATION))
                .hasMessageStartingWith("a network that enlarges cannot take a picture: Config[levels=2");
    }

    @Test
    void aGuessOfTheTruthHelps() {
        Scope.run(() -> {
            Tensor clean = Toys.smooth(24, 24, 1);
            Observation observation = new Observation(noisy(clean, 0.5), new Identity(), 0.5);
            double[] errors = new double[2];
            for (int i = 0; i < 2; i++) {
                var guide = new GuidedDip.Guide((x, sigma) -> clean, 0.5, 0.1, 4 * i, 5);
                errors[i] = error(
                        new GuidedDip(PRIOR, guide, new FixedCount(80))
                                .restore(observation, Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                                .image(),
                        clean);
            }
            assertThat(errors[1]).isLessThan(errors[0] / 2);
        });
    }

    @Test
    void withoutWeightTheGuideIsDeepImagePrior() {
        Scope.run(() -> {
            Observation observation = new Observation(Toys.smooth(16, 16, 1), new Identity(), 0);
            var guide = new GuidedDip.Guide((x, sigma) -> x, 0.5, 0.1, 0, 2);
            Tensor guided = new GuidedDip(PRIOR, guide, new FixedCount(6))
                    .restore(observation, Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            Tensor plain = new DeepImagePrior(PRIOR, new FixedCount(6))
                    .restore(observation, Rng.of(1), Budget.UNLIMITED, Watcher.NONE)
                    .image();
            assertThat(Deviation.largest(guided, plain)).isZero();
        });
    }

    @Test
    void theLevelFallsFromTheFirstToTheLast() {
        Scope.run(() -> {
            List<Double> levels = new ArrayList<>();
            var guide = new GuidedDip.Guide(
                    (x, sigma) -> {
                        levels.add(sigma);
                        return x;
                    },
                    0.8,
                    0.1,
                    1,
                    1);
            new GuidedDip(PRIOR, guide, new FixedCount(5))
                    .restore(
                            new Observation(Toys.smooth(16, 16, 1), new Identity(), 0),
                            Rng.of(1),
                            Budget.UNLIMITED,
                            Watcher.NONE);
            assertThat(levels).hasSize(4).isSortedAccordingTo((a, b) -> Double.compare(b, a));
            assertThat(levels).allMatch(level -> level < 0.8 && level > 0.1);
        });
    }

    @Test
    void aDiffusionModelSeesItsOwnSignalAndNoise() {
        Scope.run(() -> {
            NoiseSchedule schedule = NoiseSchedule.cosine(100);
            NoiseLevel[] told = {null};
            Tensor x = Rng.of(2).normal(1, 3, 4, 4);
            Tensor seen = GuidedDip.denoiser(new DiffusionPrior(
                            (noisy, level) -> {
                                told[0] = level;
                                return noisy;
                            },
                            schedule))
                    .denoise(x, 0.5);
            assertThat(told[0].noise() / told[0].signal()).isCloseTo(0.5, within(1e-9));
            assertThat(Deviation.largest(seen, Tensors.scale(told[0].signal(), x)))
                    .isZero();
        });
    }

    @Test
    void unionsLeaveNothingBehind() {
        Scope.run(() -> {
            Observation observation = new Observation(Toys.smooth(16, 16, 1), new Identity(), 0);
            var guide = new GuidedDip.Guide((x, sigma) -> x, 0.5, 0.1, 1, 2);
            Runnable both = () -> Scope.run(() -> {
                new GuidedDip(PRIOR, guide, new FixedCount(4))
                        .restore(observation, Rng.of(1), Budget.UNLIMITED, Watcher.NONE);
                new StagedDip(PRIOR, StagedDip.Stages.linear(2, 2))
                        .restore(observation, Rng.of(1), Budget.UNLIMITED, Watcher.NONE);
            });
            both.run();
            long live = Scope.live();
            both.run();
            assertThat(Scope.live()).isLessThanOrEqualTo(live);
        });
    }
}
