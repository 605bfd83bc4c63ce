package dev.calotype.train.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.InScope;
import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.latent.KlAutoencoder;
import dev.calotype.model.latent.LatentNetwork;
import dev.calotype.model.latent.LatentScale;
import dev.calotype.model.latent.PatchDiscriminator;
import dev.calotype.nn.Activation;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.GradientStep;
import dev.calotype.train.latent.ReconstructionLoss.Pixels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AutoencoderStepTest extends InScope {
    private static final int SIDE = 16;
    private static final GradientStep.Options OPTIONS = new GradientStep.Options(0, 0.99, 1, 1, List.of(0.9));
    private static final ReconstructionLoss NEAR = new ReconstructionLoss(Pixels.L1, 0, x -> new Tensor[0]);

    private static KlAutoencoder network(int width) {
        return new KlAutoencoder(
                new KlAutoencoder.Config(
                        3, 4, List.of(width, width), 1, 4, Activation.SILU, false, true, true, LatentScale.NONE),
                Rng.of(1));
    }

    private static AutoencoderStep step(
            int width, int workers, Precision precision, ReconstructionLoss near, double adversarial, long start) {
        List<LatentNetwork> autoencoders = new ArrayList<>();
        List<PatchDiscriminator> discriminators = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            autoencoders.add(network(width));
            if (adversarial > 0)
                discriminators.add(new PatchDiscriminator(new PatchDiscriminator.Config(3, 8, 1), Rng.of(2)));
        }
        return new AutoencoderStep(
                new AutoencoderStep.Networks(autoencoders, discriminators, () -> {}),
                precision,
                new AutoencoderStep.Rules(near, 1e-6, adversarial, start),
                OPTIONS,
                i -> 0.003,
                Rng.of(3));
    }

    private static Batch rooms(int count, long first) {
        try (Batches batches = new Batches(
                Rooms.train(2 * SIDE),
                new Preparation(SIDE, 3, Preparation.Flip.NONE),
                Batches.Plan.of(count, 4).from(first))) {
            return batches.next();
        }
    }

    /** Halved maps of squares and of edges, of which the second is a network that is not linear. */
    private static Tensor[] maps(Tensor x) {
        Tensor small = torch.avg_pool2d(x, 2);
        return new Tensor[] {x, torch.silu(small)};
    }

    @Test
    void oneBatchIsLearnedByHeart() {
        Batch batch = rooms(2, 0);
        try (AutoencoderStep step = step(8, 1, Precision.FP32, NEAR, 0, 0)) {
            double first = step.run(batch).loss(), last = 0;
            for (int i = 0; i < 80; i++) last = step.run(batch).loss();
            assertThat(last).isLessThan(0.4 * first);
        }
    }

    /** Of two halves, the discriminator joining in between. */
    @ParameterizedTest
    @EnumSource(Precision.class)
    void aTrainingThatWasInterruptedEndsInTheSameBits(Precision precision) {
        ReconstructionLoss near = new ReconstructionLoss(Pixels.L2, 0.5, AutoencoderStepTest::maps);
        Map<String, Tensor> half = new LinkedHashMap<>();
        String straight;
        try (AutoencoderStep step = step(8, 2, precision, near, 0.5, 3)) {
            for (int i = 0; i < 4; i++) step.run(rooms(4, i));
            step.state().forEach((name, tensor) -> half.put(name, tensor.clone()));
            for (int i = 4; i < 7; i++) step.run(rooms(4, i));
            straight = Scope.read(() -> Digest.of(step.state()));
        }
        try (AutoencoderStep step = step(8, 2, precision, near, 0.5, 3)) {
            step.restore(half, 4);
            for (int i = 4; i < 7; i++) step.run(rooms(4, i));
            assertThat(Scope.read(() -> Digest.of(step.state()))).isEqualTo(straight);
        }
    }

    @Test
    void theDiscriminatorIsLeftAloneBeforeItPlays() {
        Batch batch = rooms(4, 0);
        try (AutoencoderStep alone = step(8, 1, Precision.FP32, NEAR, 0, 0);
                AutoencoderStep waiting = step(8, 1, Precision.FP32, NEAR, 0.5, 2)) {
            Map<String, Tensor> before = new LinkedHashMap<>();
            waiting.weights().forEach((name, tensor) -> before.put(name, tensor.clone()));
            for (int i = 0; i < 2; i++)
                assertThat(waiting.run(batch).loss()).isEqualTo(alone.run(batch).loss());
            alone.weights().forEach((name, tensor) -> assertThat(
                            Tensors.floats(waiting.weights().get(name)))
                    .as(name)
                    .containsExactly(Tensors.floats(tensor)));
            waiting.run(batch);
            alone.run(batch);
            String judge = "discriminator/main.0.weight", last = "decoder.conv_out.weight";
            assertThat(Tensors.floats(waiting.weights().get(judge))).isNotEqualTo(Tensors.floats(before.get(judge)));
            assertThat(Tensors.floats(waiting.weights().get(last)))
                    .isNotEqualTo(Tensors.floats(alone.weights().get(last)));
        }
    }

    /** Esser et al. 2021, equation 7, of losses that are sums over 12 values. */
    @Test
    void theBalanceMakesBothGradientsAsLong() {
        assertThat(AutoencoderStep.balance(0.5, 2, 12)).isCloseTo(12 * 0.5 / (2 + 1e-4) / 12, within(1e-12));
        assertThat(AutoencoderStep.balance(5, 0, 100)).isEqualTo(1e4 / 100);
        assertThat(AutoencoderStep.balance(0, 1, 12)).isZero();
    }

    @Test
    void whatIsSeenIsTheSquaredDistanceOfDirections() {
        Tensor x = FormulaWeights.unit("x", 2, 3, 4, 4), y = FormulaWeights.unit("y", 2, 3, 4, 4);
        ReconstructionLoss seen = new ReconstructionLoss(Pixels.L1, 1, z -> new Tensor[] {z, Tensors.scale(7, z)});
        double sum = 0;
        float[] a = Tensors.floats(x), b = Tensors.floats(y);
        for (int n = 0; n < 2; n++)
            for (int p = 0; p < 16; p++) {
                double aa = 0, bb = 0, ab = 0;
                for (int c = 0; c < 3; c++) {
                    double u = a[48 * n + 16 * c + p], v = b[48 * n + 16 * c + p];
                    aa += u * u;
                    bb += v * v;
                    ab += u * v;
                }
                sum += 2 - 2 * ab / Math.sqrt(aa * bb);
            }
        assertThat(seen.seen(x, y).item_double()).isCloseTo(sum / 32, within(1e-5));
        assertThat(seen.seen(x, x).item_double()).isZero();
        double near = new ReconstructionLoss(Pixels.L1, 0, z -> new Tensor[0])
                .between(x, y)
                .item_double();
        assertThat(seen.between(x, y).item_double()).isCloseTo(near + sum / 32, within(1e-5));
    }

    @Test
    void rulesThatAreNoneAreNamed() {
        assertThatThrownBy(() -> new AutoencoderStep.Rules(NEAR, -1, 0, 0))
                .hasMessage("cost must be a number from 0 on: -1.0");
        assertThatThrownBy(() -> step(8, 1, Precision.FP32, NEAR, -1, 0))
                .hasMessage("adversarial must be a number from 0 on: -1.0");
        assertThatThrownBy(() -> new AutoencoderStep.Rules(NEAR, 0, 0, -1)).hasMessage("start must be at least 0: -1");
    }
}
