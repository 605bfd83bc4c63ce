package dev.calotype.studio.draw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Recipe;
import java.util.List;
import org.junit.jupiter.api.Test;

class SamplingTextTest {
    private static GenerativeExperiment experiment(String... overrides) {
        return (GenerativeExperiment) Recipe.parse("name: tiny", List.of(overrides));
    }

    @Test
    void picturesOfBeforeStepsWereOptimizedAreDrawnByTheUsualOnes() {
        String before = experiment("sampling.method=uni-pc", "sampling.steps=2")
                .sampling()
                .toString();
        GenerativeExperiment since = experiment(
                "sampling.method=uni-pc", "sampling.steps=2", "sampling.optimized=[{method: uni-pc, sigmas: [9, 1]}]");
        assertThat(since.sampling().toString()).isNotEqualTo(before);
        assertThat(SamplingText.read(since, before)).hasToString(before);
        assertThat(SamplingText.read(since, since.sampling().toString())).isEqualTo(since.sampling());
    }

    @Test
    void whatTheModelNoLongerDrawsIsRefused() {
        assertThatThrownBy(() -> SamplingText.read(experiment(), "ddim, 20 steps, spacing of a moon"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
