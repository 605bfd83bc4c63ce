package dev.calotype.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.metric.Variety;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScoresTest {
    private static final Scores SCORES = Scores.NONE
            .with("fid", 3.5)
            .with("count", 12)
            .with("diversity", new Variety(2, 4, null, null))
            .with("nearest", List.of(new Variety(1, 2, 0.5, 3)));

    @Test
    void numbersAreFoundByTheirNames() {
        assertThat(SCORES.number("fid")).isEqualTo(3.5);
        assertThat(SCORES.number("diversity.realFeatureDistance")).isEqualTo(4);
        assertThat(SCORES.number("nearest.0.msSsim")).isEqualTo(0.5);
        assertThat(SCORES.text("count")).isEqualTo("12");
        assertThat(SCORES.as("diversity", Variety.class)).isEqualTo(new Variety(2, 4, null, null));
    }

    @Test
    void whatWasNotMeasuredIsAbsent() {
        for (String name : List.of("kid", "fid.low", "diversity.msSsim", "nearest.1", "nearest.first", "diversity.0")) {
            assertThat(SCORES.has(name)).as(name).isFalse();
            assertThat(SCORES.number(name)).as(name).isNull();
            assertThat(SCORES.text(name)).as(name).isNull();
        }
        assertThat(SCORES.with("kid", null)).isEqualTo(SCORES);
        assertThat(SCORES.number("diversity")).isNull();
    }

    @Test
    void aFileKeepsNamesThatNobodyKnows() throws IOException {
        ObjectMapper json = new ObjectMapper();
        String line =
                "{\"step\":1,\"seconds\":2.0,\"validation\":0.5,\"score\":{\"fid\":3.0,\"taste\":{\"sweet\":0.25}}}";
        Milestone milestone = json.readValue(line, Milestone.class);
        assertThat(milestone.has("taste")).isTrue();
        assertThat(milestone.score().number("taste.sweet")).isEqualTo(0.25);
        assertThat(json.writeValueAsString(milestone)).isEqualTo(line);
        Milestone bare = json.readValue("{\"step\":1,\"seconds\":2.0,\"validation\":0.5}", Milestone.class);
        assertThat(bare.has("fid")).isFalse();
    }

    @Test
    void numbersThatAreNotFiniteSurviveAFile() throws IOException {
        ObjectMapper json = new ObjectMapper();
        Scores read = json.readValue(
                json.writeValueAsString(Scores.NONE.with("psnr", Double.POSITIVE_INFINITY)), Scores.class);
        assertThat(read.number("psnr")).isInfinite();
    }
}
