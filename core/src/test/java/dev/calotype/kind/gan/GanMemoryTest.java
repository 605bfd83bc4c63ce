package dev.calotype.kind.gan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.Recipe;
import dev.calotype.tensor.Precision;
import java.util.List;
import org.junit.jupiter.api.Test;

class GanMemoryTest {
    @Test
    void penaltiesOfSecondOrderCountInAGansEstimate() {
        assertThat(ofGan("game.penalty=r1").results())
                .isGreaterThan(ofGan("game.penalty=none").results());
    }

    @Test
    void drawingTakesAsMuchForEachImage() {
        for (String architecture : List.of("dcgan", "stylegan2")) {
            var experiment = (GanExperiment) Recipe.parse("kind: gan", List.of("network.architecture=" + architecture));
            long one = GanMemory.drawing(experiment, Precision.FP32, 1).results();
            assertThat(one).isBetween(1L << 18, 1L << 26);
            assertThat(GanMemory.drawing(experiment, Precision.FP32, 64).results())
                    .isEqualTo(64 * one);
        }
    }

    private static MemoryEstimate ofGan(String penalty) {
        String free = "network.discriminator.normalization=none";
        return GanMemory.steps((GanExperiment) Recipe.parse("kind: gan", List.of(free, penalty)), 64);
    }
}
