package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.app.MainTest.Run;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
    @Test
    void withoutAPeerItMeasuresOursAndSaysHowToInstallTheOther() throws Exception {
        Run run = Run.of(
                "bench",
                "decode",
                "--images",
                "2",
                "--pairs",
                "2",
                "--iterations",
                "1",
                "--only",
                "pil",
                "--python",
                "/nowhere/python",
                "--json");
        assertThat(run.exit()).as(run.err()).isZero();
        JsonNode report = new ObjectMapper().readTree(run.lastLine());
        assertThat(report.fieldNames()).toIterable().containsExactly("work", "date", "machine", "cases");
        assertThat(report.get("machine").fieldNames()).toIterable().contains("processor", "cores", "megahertz", "load");
        JsonNode measured = report.get("cases").get(0);
        assertThat(measured.get("settings").get("images").asText()).isEqualTo("2");
        assertThat(measured.get("ours").get("seconds").get("median").asDouble()).isPositive();
        JsonNode peer = measured.get("peers").get(0);
        assertThat(peer.get("peer").asText()).isEqualTo("pil");
        assertThat(peer.get("outcome").asText()).isEqualTo("MISSING");
        assertThat(peer.get("note").asText()).contains("bench/peers");
        assertThat(peer.get("ratio").isNull()).isTrue();
    }

    @Test
    void anUnknownPeerNamesThoseOfTheWork() {
        Run run = Run.of("bench", "decode", "--only", "gimp");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("a peer must be one of pil, torchvision: gimp");
    }

    @Test
    void settingsThatCannotBeAreWrongUsage() {
        assertThat(Run.of("bench", "train", "--size", "12").err()).contains("size must be a multiple of 8: 12");
        assertThat(Run.of("bench", "train", "--pairs", "0").err()).contains("pairs must be in 1..1000: 0");
        assertThat(Run.of("bench", "pipeline", "--steps", "5").err())
                .contains("steps must be at least 15 for pipeline, to do what diffusers does: 5")
                .doesNotContain("measuring");
    }
}
