package dev.calotype.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.junit.jupiter.api.Test;

class EmbeddingsTest {
    @Test
    void sinusoidsFollowTheFormula() {
        double[] times = {0, 1, 37.5, 999};
        int width = 16;
        Scope.run(() -> {
            double[] values = Tensors.doubles(Embeddings.sinusoidal(Tensors.of(times), width));
            assertThat(values).hasSize(times.length * width);
            for (int n = 0; n < times.length; n++)
                for (int i = 0; i < width / 2; i++) {
                    double angle = times[n] / Math.pow(10_000, i / (width / 2.0));
                    assertThat(values[n * width + i]).isCloseTo(Math.cos(angle), within(1e-4));
                    assertThat(values[n * width + width / 2 + i]).isCloseTo(Math.sin(angle), within(1e-4));
                }
        });
    }
}
