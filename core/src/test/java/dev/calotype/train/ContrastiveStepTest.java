package dev.calotype.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.model.clip.Clip;
import dev.calotype.model.clip.Clip.Family;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Distillation;
import dev.calotype.model.vit.VisionTransformerConfig.Pool;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.model.vit.VisionTransformerConfig.Position;
import dev.calotype.model.vit.VisionTransformerConfig.Variant;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Attention.Sight;
import dev.calotype.nn.transformer.PatchEmbedding.Stem;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ContrastiveStepTest {
    private static final int CONTEXT = 12, WORDS = 40;

    private static Clip clip(Family family) {
        return new Clip(
                new Clip.Config(
                        new VisionTransformerConfig(
                                8,
                                16,
                                1,
                                2,
                                16,
                                Stem.PATCHES,
                                Position.LEARNED,
                                Pool.MEAN,
                                0,
                                Distillation.NONE,
                                0,
                                0,
                                0,
                                1e-6),
                        Variant.STANDARD,
                        new Ports(32, 3, 0),
                        new TextTransformer.Config(
                                WORDS,
                                CONTEXT,
                                16,
                                1,
                                2,
                                16,
                                Activation.GELU,
                                1e-5,
                                Sight.PAST,
                                TextTransformer.Reading.LARGEST_ID,
                                0),
                        16,
                        family),
                Rng.of(3));
    }

    private static Batch batch() {
        try (Batches batches =
                new Batches(Rooms.train(32), new Preparation(32, 3, Preparation.Flip.NONE), Batches.Plan.of(12, 1))) {
            return batches.next();
        }
    }

    /** Anything that depends on the caption. */
    private static Tensor ids(Batch batch) {
        int[] ids = new int[batch.count() * CONTEXT];
        for (int i = 0; i < ids.length; i++)
            ids[i] = batch.captions().get(i / CONTEXT).charAt(10 + i % CONTEXT) % WORDS;
        return Tensors.of(ids).reshape(batch.count(), CONTEXT);
    }

    private static ContrastiveStep step(Family family, int workers, int parts, double rate) {
        List<Clip> replicas = new ArrayList<>();
        for (int i = 0; i < workers; i++) replicas.add(clip(family));
        return new ContrastiveStep(
                ContrastiveStepTest::ids,
                replicas,
                Precision.FP32,
                new GradientStep.Options(0, 0.99, 0, parts, List.of(0.9)),
                step -> rate);
    }

    /** The first moments of Adam after one step, a tenth of the gradients. */
    private static Map<String, double[]> gradients(ContrastiveStep step) {
        Map<String, double[]> gradients = new LinkedHashMap<>();
        step.state().forEach((name, tensor) -> {
            if (name.startsWith("adam/first/")) gradients.put(name, Tensors.doubles(tensor));
        });
        return gradients;
    }

    @ParameterizedTest
    @CsvSource({"CLIP, 1, 3", "CLIP, 1, 12", "CLIP, 2, 1", "CLIP, 3, 2", "CLIP_WITH_BIAS, 2, 3"})
    void theGradientIsThatOfTheWholeBatchHoweverItIsShared(Family family, int workers, int parts) {
        Batch batch = batch();
        try (PointerScope scope = new PointerScope();
                ContrastiveStep whole = step(family, 1, 1, 1e-3);
                ContrastiveStep shared = step(family, workers, parts, 1e-3)) {
            StepReport expected = whole.run(batch), found = shared.run(batch);
            assertThat(found.loss()).isCloseTo(expected.loss(), Percentage.withPercentage(1e-3));
            assertThat(found.gradientNorm()).isCloseTo(expected.gradientNorm(), Percentage.withPercentage(1e-2));
            Map<String, double[]> others = gradients(shared);
            gradients(whole).forEach((name, values) -> {
                for (int i = 0; i < values.length; i++)
                    assertThat(others.get(name)[i])
                            .as(name)
                            .isCloseTo(values[i], Offset.offset(1e-6 * expected.gradientNorm()));
            });
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CLIP", "CLIP_WITH_BIAS"})
    void theLossIsThatOfTheFormula(Family family) {
        try (PointerScope scope = new PointerScope()) {
            Clip network = clip(family);
            int n = 5;
            Tensor x = unit(Rng.of(1).normal(n, 16)), y = unit(Rng.of(2).normal(n, 16));
            double[] logits = Tensors.doubles(network.logits(x, y));
            double likeness = Tensors.doubles(x.matmul(y.t()))[1];
            double scale = family == Family.CLIP ? 1 / 0.07 : 10, offset = family == Family.CLIP ? 0 : -10;
            assertThat(logits[1]).isCloseTo(scale * likeness + offset, Offset.offset(1e-4));
            double expected = 0;
            for (int i = 0; i < n; i++) {
                double row = 0, column = 0;
                for (int j = 0; j < n; j++) {
                    row += Math.exp(logits[i * n + j]);
                    column += Math.exp(logits[j * n + i]);
                    double z = (i == j ? 1 : -1) * logits[i * n + j];
                    if (family != Family.CLIP) expected += Math.log1p(Math.exp(-z)) / n;
                }
                if (family == Family.CLIP)
                    expected += (Math.log(row) + Math.log(column) - 2 * logits[i * n + i]) / (2 * n);
            }
            assertThat(ContrastiveLoss.of(network, x, y).item_double()).isCloseTo(expected, Offset.offset(1e-4));
        }
    }

    private static Tensor unit(Tensor x) {
        return x.div(x.norm(new org.bytedeco.pytorch.ScalarOptional(new Scalar(2.0)), new long[] {1}, true));
    }

    @Test
    void theScaleNeverPassesAHundred() {
        try (PointerScope scope = new PointerScope();
                ContrastiveStep step = step(Family.CLIP, 2, 1, 0)) {
            Scope.read(() -> step.weights().get("logit_scale").fill_(new Scalar(4.7)));
            step.run(batch());
            assertThat(step.weights().get("logit_scale").item_double()).isLessThanOrEqualTo(Math.log(100) + 1e-6);
        }
    }

    @Test
    void aRestoredStepGoesOnAsIfItHadNeverStopped() {
        Batch batch = batch();
        try (PointerScope scope = new PointerScope();
                ContrastiveStep first = step(Family.CLIP, 2, 1, 1e-3);
                ContrastiveStep second = step(Family.CLIP, 2, 1, 1e-3)) {
            first.run(batch);
            second.restore(first.state(), 1);
            first.run(batch);
            second.run(batch);
            for (String name : first.weights().keySet())
                assertThat(Tensors.doubles(second.weights().get(name)))
                        .as(name)
                        .isEqualTo(Tensors.doubles(first.weights().get(name)));
        }
    }

    @Test
    void stepsLeaveNoMemoryBehind() {
        Batch batch = batch();
        try (ContrastiveStep step = step(Family.CLIP, 1, 2, 1e-3)) {
            step.run(batch);
            System.gc();
            long before = Scope.live();
            for (int i = 0; i < 3; i++) step.run(batch);
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        }
    }
}
