package dev.calotype.app.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.calotype.experiment.Scores;
import dev.calotype.judge.Judgement;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    private record Numbers(double oneHalf, double none, float[] few, List<Object> nested) {}

    private record Told(Judgement inner) {}

    @Test
    void aJudgementHasTheNamesOfResultsWhereverItStands() throws JsonProcessingException {
        Judgement judgement = new Judgement(
                new Judgement.Subject("a", "b", null),
                null,
                new Judgement.Counts(1, 2),
                Scores.NONE,
                null,
                List.of("few"),
                0);
        assertThat(JsonText.of(new Told(judgement)))
                .isEqualTo("{\"inner\":" + JsonText.of(judgement) + "}")
                .contains("\"real_images\":2", "\"caveats\":[\"few\"]");
    }

    @Test
    void whatIsNoNumberIsNullWhereverItStands() throws JsonProcessingException {
        Numbers inner = new Numbers(2, 3, null, List.of());
        Numbers numbers = new Numbers(
                0.5, Double.NaN, new float[] {1, Float.NaN}, List.of(Double.NEGATIVE_INFINITY, "NaN", inner));
        assertThat(JsonText.of(numbers))
                .isEqualTo("{\"one_half\":0.5,\"none\":null,\"few\":[1.0,null],\"nested\":[null,\"NaN\","
                        + "{\"one_half\":2.0,\"none\":3.0,\"few\":null,\"nested\":[]}]}");
    }
}
