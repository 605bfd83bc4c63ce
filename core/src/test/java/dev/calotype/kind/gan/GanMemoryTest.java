package dev.calotype.kind.gan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.Recipe;
import java.util.List;
import org.junit.jupiter.api.Test;

class GanMemoryTest {
    @Test
    void penaltiesOfSecondOrderCountInAGansEstimate() {
        assertThat(ofGan("game.penalty=r1").results())
                .isGreaterThan(ofGan("game.penalty=none").results());
    }

    private static MemoryEstimate ofGan(String penalty) {
        String free = "network.discriminator.normalization=none";
        return GanMemory.steps((GanExperiment) Recipe.parse("kind: gan", List.of(free, penalty)), 64);
    }
}
