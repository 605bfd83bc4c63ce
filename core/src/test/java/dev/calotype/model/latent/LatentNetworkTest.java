package dev.calotype.model.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.checkpoint.InScope;
import dev.calotype.model.FormulaWeights;
import dev.calotype.nn.Activation;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class LatentNetworkTest extends InScope {
    private static final LatentScale SCALE = new LatentScale(1, 0, List.of(0.5, -1.0), List.of(2.0, 0.25));

    private static KlAutoencoder kl(LatentScale scale) {
        return new KlAutoencoder(
                new KlAutoencoder.Config(3, 2, List.of(8, 8), 1, 4, Activation.SILU, false, true, true, scale),
                Rng.of(1));
    }

    private static TinyAutoencoder tiny(LatentScale scale) {
        return new TinyAutoencoder(
                new TinyAutoencoder.Config(3, 2, 8, List.of(1, 1), 8, List.of(1, 1), Activation.RELU, false, scale),
                Rng.of(1));
    }

    private final Tensor pictures = FormulaWeights.unit("x", 2, 3, 8, 8);

    /** KL(N(m, v) || N(0, 1)) = (m^2 + v - 1 - log v) / 2, in doubles. */
    @Test
    void theCostOfNormalLatentsIsTheirDivergenceFromTheStandardOne() {
        KlAutoencoder network = kl(LatentScale.NONE);
        double[] moments =
                Tensors.doubles(network.moments(pictures)); // (2, 4, 4, 4): means of 2 channels, then logarithms
        double[] costs = Tensors.doubles(network.code(pictures, Rng.of(2)).cost());
        int half = 2 * 4 * 4;
        for (int n = 0; n < 2; n++) {
            double expected = 0;
            for (int i = 0; i < half; i++) {
                double mean = moments[2 * half * n + i], log = moments[2 * half * n + half + i];
                expected += 0.5 * (mean * mean + Math.exp(log) - 1 - log);
            }
            assertThat(costs[n]).isCloseTo(expected, within(1e-4 * expected));
        }
    }

    @Test
    void latentsOfTrainingAreTheMeanAndNoiseOfTheirDeviation() {
        KlAutoencoder network = kl(LatentScale.NONE);
        Tensor noise = Rng.of(2).normal(2, 2, 4, 4);
        assertThat(Tensors.floats(network.code(pictures, Rng.of(2)).latents()))
                .containsExactly(Tensors.floats(network.encode(pictures, noise)));
    }

    @Test
    void theCostOfATinyOneIsHalfOfItsSquares() {
        TinyAutoencoder network = tiny(LatentScale.NONE);
        double[] z = Tensors.doubles(network.encode(pictures));
        double[] costs = Tensors.doubles(network.code(pictures, Rng.of(0)).cost());
        for (int n = 0; n < 2; n++) {
            double expected = 0;
            for (int i = 0; i < 32; i++) expected += 0.5 * z[32 * n + i] * z[32 * n + i];
            assertThat(costs[n]).isCloseTo(expected, within(1e-5 * expected + 1e-9));
        }
    }

    @Test
    void aScaleChangesLatentsAndNotThePicturesThatComeBack() {
        for (List<LatentNetwork> pair : List.of(
                List.<LatentNetwork>of(kl(LatentScale.NONE), kl(SCALE)),
                List.<LatentNetwork>of(tiny(LatentScale.NONE), tiny(SCALE)))) {
            LatentNetwork plain = pair.get(0), scaled = pair.get(1);
            float[] own = Tensors.floats(plain.encode(pictures)), seen = Tensors.floats(scaled.encode(pictures));
            assertThat(seen[0]).isCloseTo((own[0] - 0.5f) / 2, within(1e-5f));
            assertThat(seen[16]).isCloseTo((own[16] + 1) / 0.25f, within(1e-4f));
            assertThat(Tensors.floats(scaled.decode(scaled.encode(pictures))))
                    .containsExactly(Tensors.floats(plain.decode(plain.encode(pictures))), within(1e-5f));
        }
    }
}
