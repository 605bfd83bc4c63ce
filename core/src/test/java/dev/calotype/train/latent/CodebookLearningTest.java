package dev.calotype.train.latent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.InScope;
import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.model.latent.LatentNetwork;
import dev.calotype.model.latent.LatentScale;
import dev.calotype.model.latent.VqAutoencoder;
import dev.calotype.nn.Activation;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.train.GradientStep;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Autoencoders with a codebook, which learn by the step of all autoencoders. */
class CodebookLearningTest extends InScope {
    private static final int SIDE = 16, CODES = 64;
    private static final GradientStep.Options OPTIONS = new GradientStep.Options(0, 0.99, 1, 1, List.of(0.9));
    private static final ReconstructionLoss NEAR =
            new ReconstructionLoss(ReconstructionLoss.Pixels.L1, 0, x -> new Tensor[0]);

    private static VqAutoencoder network(double gathering) {
        VqAutoencoder network = new VqAutoencoder(new VqAutoencoder.Config(
                3,
                3,
                3,
                List.of(8, 8),
                1,
                4,
                Activation.SILU,
                false,
                List.of(),
                List.of(),
                new VqAutoencoder.Codes(CODES, 0.25, gathering),
                LatentScale.NONE));
        network.draw(Rng.of(1));
        return network;
    }

    private static AutoencoderStep step(List<LatentNetwork> networks, Precision precision) {
        return new AutoencoderStep(
                new AutoencoderStep.Networks(networks, List.of(), () -> {}),
                precision,
                new AutoencoderStep.Rules(NEAR, 1, 0, 0),
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

    @Test
    void oneBatchIsLearnedByHeartWithMoreCodesInUseThanAtTheStart() {
        Batch batch = rooms(2, 0);
        VqAutoencoder network = network(0.1);
        Tensor pictures = batch.images(Device.CPU);
        int before = network.usage(network.numbers(pictures)).used();
        try (AutoencoderStep step = step(List.of(network), Precision.FP32)) {
            double first = step.run(batch).loss(), last = 0;
            for (int i = 0; i < 80; i++) last = step.run(batch).loss();
            assertThat(last).isLessThan(0.5 * first);
            assertThat(network.usage(network.numbers(pictures)).used()).isGreaterThan(before);
        }
    }

    @Test
    void codesThatAreMadeOfLatentsAreInUse() {
        Batch batch = rooms(4, 0);
        VqAutoencoder network = network(0.1);
        Tensor pictures = batch.images(Device.CPU);
        assertThat(network.usage(network.numbers(pictures)).used()).isLessThan(CODES / 2);
        network.begin(pictures, 3, Rng.of(2));
        assertThat(network.usage(network.numbers(pictures)).used()).isGreaterThan(CODES / 2);
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void aTrainingThatWasInterruptedEndsInTheSameBits(Precision precision) {
        Map<String, Tensor> half = new LinkedHashMap<>();
        String straight;
        try (AutoencoderStep step = step(replicas(), precision)) {
            for (int i = 0; i < 3; i++) step.run(rooms(4, i));
            step.state().forEach((name, tensor) -> half.put(name, tensor.clone()));
            for (int i = 3; i < 5; i++) step.run(rooms(4, i));
            straight = Scope.read(() -> Digest.of(step.state()));
        }
        try (AutoencoderStep step = step(replicas(), precision)) {
            step.restore(half, 3);
            for (int i = 3; i < 5; i++) step.run(rooms(4, i));
            assertThat(Scope.read(() -> Digest.of(step.state()))).isEqualTo(straight);
        }
    }

    private static List<LatentNetwork> replicas() {
        return new ArrayList<>(List.of(network(0.1), network(0.1)));
    }
}
