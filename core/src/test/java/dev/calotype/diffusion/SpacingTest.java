package dev.calotype.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpacingTest {
    @Test
    void keepsTheStepsThatImprovedDiffusionKeeps() {
        for (JsonNode row : Golden.json("improved-diffusion/schedules.json").get("spacing")) {
            JsonNode spec = row.get("spec");
            Spacing spacing = spec.isArray() ? Spacing.even(Golden.ints(spec)) : Spacing.parse(spec.asText());
            assertThat(spacing.timesteps(row.get("steps").asInt()))
                    .as(row.get("spec").toString())
                    .isEqualTo(Golden.ints(row.get("timesteps")));
        }
    }

    @Test
    void aSingleStepIsTheNoisiest() {
        assertThat(Spacing.even(1).timesteps(1000)).containsExactly(999);
        assertThat(Spacing.even(2, 1).timesteps(10)).containsExactly(0, 4, 9);
        assertThat(Spacing.even(1, 2).timesteps(10)).containsExactly(0, 5, 9);
        assertThat(Spacing.trailing(1).timesteps(1000)).containsExactly(999);
    }

    @Test
    void trailingEndsAtTheLastStep() {
        assertThat(Spacing.trailing(5).timesteps(1000)).containsExactly(199, 399, 599, 799, 999);
        assertThat(Spacing.trailing(3).timesteps(1000)).containsExactly(332, 666, 999);
    }

    @ParameterizedTest
    @ValueSource(strings = {"50", "10,15,20", "ddim25", "trailing25"})
    void textMakesItAgain(String text) {
        assertThat(Spacing.parse(text)).hasToString(text).isEqualTo(Spacing.parse(text));
    }

    @Test
    void refusesWhatCannotBe() {
        assertThatThrownBy(() -> Spacing.stride(300).timesteps(1000))
                .hasMessage("no whole-numbered stride through 1000 steps keeps exactly 300");
        assertThatThrownBy(() -> Spacing.parse("10,15,20").timesteps(40)).hasMessageContaining("15 of 13");
        assertThatThrownBy(() -> Spacing.trailing(11).timesteps(10)).hasMessageContaining("11 of 10");
        assertThatThrownBy(() -> Spacing.parse("ddim")).hasMessageContaining("'ddim'");
        assertThatThrownBy(() -> Spacing.parse("5,")).hasMessageContaining("'5,'");
        assertThatThrownBy(() -> Spacing.parse("ddim5,5")).hasMessageContaining("STRIDE");
        assertThatThrownBy(() -> Spacing.even(0)).hasMessageContaining("at least 1 step: 0");
    }
}
