package dev.calotype.kind.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.Recipe;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClassifierExperimentTest {
    private static ClassifierExperiment of(String... overrides) {
        return (ClassifierExperiment)
                Recipe.parse("{kind: classifier, training: {batch: 8, workers: 2}}", List.of(overrides));
    }

    /** A thousand pictures of 224 pixels are, and of clips of 32 frames those of half the memory. */
    @Test
    void testsAreHeldAsFarAsMemoryGoes() {
        long memory = 2L << 30, picture = 3 * 224 * 224;
        assertThat(ClassifierTask.held(1000, picture, memory)).isEqualTo(1000);
        assertThat(ClassifierTask.held(1000, 32 * picture, memory)).isEqualTo(222);
        assertThat(ClassifierTask.held(1000, memory, memory)).isEqualTo(1);
    }

    @Test
    void batchesOfClipsThatAreDecodedAheadCountWithAllTheirPictures() {
        String[] clips = {"data.source=moving", "data.size=32", "network.architecture=vivit", "data.clip.frames=8"};
        assertThat(MemoryEstimate.ahead(of(clips), 8)).isEqualTo(4 * 8 * 8 * 3 * 32 * 32);
    }

    @Test
    void picturesAreMixedOnlyWhereTwoAreComputedAtOnce() {
        assertThatCode(of("mixing.mixup=0.2", "training.accumulate=2")::requireTrainable)
                .doesNotThrowAnyException();
        assertThatCode(of("training.accumulate=3")::requireTrainable).doesNotThrowAnyException();
        assertThatThrownBy(of("mixing.cutmix=1", "training.accumulate=3")::requireTrainable)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("with mixing.mixup or mixing.cutmix a worker must compute two pictures at once: raise"
                        + " training.batch, or lower training.workers or training.accumulate; at once it has: 1");
    }
}
