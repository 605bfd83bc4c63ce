package dev.calotype.kind.prior;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.embedding.EmbeddedPairs;
import dev.calotype.embedding.Identity;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.util.stream.LongStream;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;

class RidgeTest {
    private static final int PAIRS = 200, LENGTH = 3;
    private static final float[][] MAP = {{1, 2, 0}, {0, -1, .5f}, {.25f, 0, 1}};
    private static final float[] BIAS = {.1f, -.2f, .3f};

    /** Pictures that are a linear map of their captions, and noise. */
    private static EmbeddedPairs pairs(double noise) {
        Rng rng = Rng.of(1);
        float[] texts = new float[PAIRS * LENGTH], pictures = new float[PAIRS * LENGTH];
        for (int i = 0; i < PAIRS; i++) {
            for (int j = 0; j < LENGTH; j++) texts[i * LENGTH + j] = (float) (rng.nextDouble() - .3);
            for (int j = 0; j < LENGTH; j++) {
                double sum = BIAS[j] + noise * (rng.nextDouble() - .5);
                for (int k = 0; k < LENGTH; k++) sum += MAP[j][k] * texts[i * LENGTH + k];
                pictures[i * LENGTH + j] = (float) sum;
            }
        }
        return new EmbeddedPairs(
                LongStream.range(0, PAIRS).toArray(), pictures, texts, LENGTH, new Identity("", ""), 1);
    }

    @Test
    void aLinearMapIsFound() {
        try (PointerScope scope = new PointerScope()) {
            Ridge.Solution found = Ridge.of(pairs(0));
            float[] weight = Tensors.floats(found.weight()), bias = Tensors.floats(found.bias());
            for (int j = 0; j < LENGTH; j++) {
                assertThat(bias[j]).isCloseTo(BIAS[j], Offset.offset(1e-4f));
                for (int k = 0; k < LENGTH; k++)
                    assertThat(weight[j * LENGTH + k]).isCloseTo(MAP[j][k], Offset.offset(1e-4f));
            }
            assertThat(found.error()).isLessThan(1e-9);
            assertThat(found.penalty()).isEqualTo(1e-7);
        }
    }

    @Test
    void theMoreNoiseThereIsTheMoreItIsHeldBack() {
        try (PointerScope scope = new PointerScope()) {
            assertThat(Ridge.of(pairs(30)).penalty()).isGreaterThan(1e-2);
        }
    }
}
