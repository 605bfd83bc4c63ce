package dev.calotype.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
    private static final List<String> NAMES = List.of("batch", "steps", "learningRate", "beta2");

    @Test
    void findsWhatAThirdOfTheLettersMissed() {
        assertThat(NearestName.of("batsh", NAMES)).contains("batch");
        assertThat(NearestName.of("batches", NAMES)).contains("batch");
        assertThat(NearestName.of("step", NAMES)).contains("steps");
        assertThat(NearestName.of("learningrate", NAMES)).contains("learningRate");
        assertThat(NearestName.of("wobble", NAMES)).isEmpty();
        assertThat(NearestName.of("", NAMES)).isEmpty();
    }

    @Test
    void swappedLettersAreOneMistake() {
        assertThat(NearestName.of("bacth", NAMES)).contains("batch");
        assertThat(NearestName.of("setps", NAMES)).contains("steps");
    }

    @Test
    void namesWithoutBoundAreNotCompared() {
        assertThat(NearestName.of("x".repeat(100_000), List.of("x".repeat(100_001))))
                .isEmpty();
    }

    @Test
    void theHintIsPartOfASentence() {
        assertThat(NearestName.hint("betta2", NAMES)).isEqualTo(", did you mean 'beta2'?");
        assertThat(NearestName.hint("wobble", NAMES)).isEmpty();
    }
}
