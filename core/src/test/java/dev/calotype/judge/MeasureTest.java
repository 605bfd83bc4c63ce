package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.experiment.Scores;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is told of what measures found, each number at its own place. */
class MeasureTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ALL =
            """
            {"generated":"g","against":"a","size":32,"network":"n","hash":"h","images":64,"realImages":65,
             "fid":1.25,"fidLow":1.125,"fidHigh":1.5,"kid":0.0125,"kidLow":0.0025,"kidHigh":0.0225,
             "precision":0.11,"recall":0.22,"density":0.33,"neighbourCoverage":0.44,"room":0.555,
             "coverage":0.66,"evenCoverage":0.77,"entropy":0.88,"fidInfinity":{"value":2.5,"standardError":0.25},
             "sfid":3.5,"mmd":{"value":0.00125,"bandwidth":12.5},"inceptionScore":{"mean":4.5,"deviation":0.45,"splits":10},
             "diversity":{"featureDistance":3,"realFeatureDistance":4,"msSsim":0.4,"msSsimScales":2},
             "memorization":{"authenticity":0.9,"copies":0.05,"nearest":[]},"shares":{"bed":{"single":0.25,"double":0.75}},
             "pairs":{"count":7,"identical":2,"size":"8 x 8","pairedBy":"names","psnr":21.5,"ssim":0.51,"ssimUniform":0.52,
                      "msSsim":0.53,"msSsimScales":3,"lpips":0.54,"lpipsNetwork":"alex 1"},
             "conditions":{"input":"as it is","seed":5,"neighbours":3,"held":10000},"caveats":["few"],"seconds":2.5}
            """;

    private static Judgement all() throws IOException {
        return JSON.readValue(ALL, Judgement.class);
    }

    @Test
    void aJudgementInOneSentence() throws IOException {
        assertThat(all().sentence())
                .isEqualTo("FID 1.250, FID of other images 1.125 to 1.500 (95 %), KID 0.0125 [0.0025, 0.0225],"
                        + " precision 0.110, recall 0.220, density 0.330, coverage of neighbours 0.440, 55.5 % of a room,"
                        + " coverage 66.0 % (even 77.0 %), class entropy 0.880 nats,"
                        + " FID-infinity 2.500 (standard error 0.250), sFID 3.500, MMD 0.00125 (bandwidth 12.5),"
                        + " Inception Score 4.500 (deviation 0.450), diversity 3.000 (real 4.000),"
                        + " authenticity 0.900, copies 0.050, PSNR 21.500 dB, SSIM 0.5100, SSIM (uniform 7 x 7) 0.5200,"
                        + " MS-SSIM 0.5300 (3 scales), LPIPS 0.5400 (alex 1) over 7 pairs of 8 x 8 pixels, paired by names"
                        + " on 64 images (n h)");
        assertThat(JSON.readValue("{\"generated\":\"g\"}", Judgement.class).sentence())
                .isEmpty();
    }

    @Test
    void pairsThatAreEqualHaveNoFinitePsnr() throws IOException {
        assertThat(sentence("{\"count\":7,\"identical\":2,\"psnrOfOthers\":30}"))
                .startsWith("PSNR infinite (2 of 7 pairs identical, the others 30.000 dB) over 7 pairs");
        assertThat(sentence("{\"count\":7,\"identical\":7}")).startsWith("PSNR infinite (7 of 7 pairs identical) over");
        assertThat(sentence("{\"count\":7,\"identical\":2,\"ssim\":0.5}")).startsWith("SSIM 0.5000 over 7 pairs");
    }

    private static String sentence(String pairs) throws IOException {
        return JSON.readValue("{\"pairs\":" + pairs + "}", Judgement.class).sentence();
    }

    @Test
    void factsHaveTheirHeadings() throws IOException {
        Map<String, String> facts = new LinkedHashMap<>();
        for (Measure measure : Measure.values()) facts.putAll(measure.facts(all().scores()));
        assertThat(facts)
                .containsExactlyInAnyOrderEntriesOf(Map.ofEntries(
                        Map.entry("FID", "1.250 (lower is better)"),
                        Map.entry("FID from", "1.125"),
                        Map.entry("FID to", "1.500"),
                        Map.entry("KID", "0.0125, 95 % interval 0.0025 to 0.0225"),
                        Map.entry("Precision / recall", "0.110 / 0.220 (1 is best)"),
                        Map.entry("Density / coverage", "0.330 / 0.440"),
                        Map.entry("How much of a room", "55.5 %"),
                        Map.entry("Values shown", "66.0 %; at least half as often as they should: 77.0 %"),
                        Map.entry("SFID", "3.500 (lower is better)"),
                        Map.entry("Diversity", "0.7500"),
                        Map.entry("Copies", "0.05000 (lower is better)")));
        for (Measure measure : Measure.values())
            assertThat(measure.facts(Scores.NONE)).isEmpty();
    }

    @Test
    void everyColumnShowsItsOwnNumber() throws IOException {
        Map<String, Double> values = new LinkedHashMap<>();
        for (Score score : Measure.scores()) values.put(score.name(), score.of(all().scores()));
        assertThat(values)
                .containsExactly(
                        Map.entry("fid", 1.25),
                        Map.entry("fid-low", 1.125),
                        Map.entry("fid-high", 1.5),
                        Map.entry("kid", 0.0125),
                        Map.entry("kid-low", 0.0025),
                        Map.entry("kid-high", 0.0225),
                        Map.entry("precision", 0.11),
                        Map.entry("recall", 0.22),
                        Map.entry("density", 0.33),
                        Map.entry("neighbour-coverage", 0.44),
                        Map.entry("room", 0.555),
                        Map.entry("coverage", 0.66),
                        Map.entry("even-coverage", 0.77),
                        Map.entry("sfid", 3.5),
                        Map.entry("diversity", 0.75),
                        Map.entry("copies", 0.05));
        for (Score score : Measure.scores()) assertThat(score.of(Scores.NONE)).isNull();
        assertThat(Measure.scores().stream()
                        .filter(s -> s.better() == Score.Better.LOWER)
                        .map(Score::name))
                .containsExactly("fid", "kid", "sfid", "copies");
        assertThat(Measure.scores().stream()
                        .filter(s -> s.better() == Score.Better.HIGHER)
                        .map(Score::name))
                .containsExactly(
                        "precision", "recall", "density", "neighbour-coverage", "room", "coverage", "even-coverage");
    }

    @Test
    void aJudgementIsTheSameAfterItWasWritten() throws IOException {
        Judgement judgement = all();
        JsonNode written = JSON.readTree(JSON.writeValueAsString(judgement));
        assertThat(JSON.readValue(written.toString(), Judgement.class)).isEqualTo(judgement);
        assertThat(written.get("fid").asDouble()).isEqualTo(1.25);
        assertThat(written.get("size").asInt()).isEqualTo(32);
        assertThat(judgement.against()).isEqualTo("a");
        assertThat(judgement.realImages()).isEqualTo(65);
        assertThat(judgement.seconds()).isEqualTo(2.5);
        assertThat(judgement.conditions()).isEqualTo(new Judgement.Conditions("as it is", 5, 3, 10000));
        assertThat(judgement.caveats()).containsExactly("few");
        assertThat(judgement.shares()).isEqualTo(Map.of("bed", Map.of("single", 0.25, "double", 0.75)));
        assertThat(judgement.scores().byName()).doesNotContainKeys("generated", "network", "seconds", "caveats");
        assertThat(judgement.complete()).isTrue();
        for (String name : List.of("fid", "kid", "precision"))
            assertThat(JSON.readValue(ALL.replace("\"" + name + "\":", "\"x\":"), Judgement.class)
                            .complete())
                    .as(name)
                    .isFalse();
    }

    @Test
    void aMilestoneKeepsTheNumbersAndWhatTheyDependOn() throws IOException {
        Scores kept = all().kept();
        assertThat(kept.number("fid")).isEqualTo(1.25);
        assertThat(kept.text("images")).isEqualTo("64");
        assertThat(kept.text("network")).isEqualTo("n");
        assertThat(kept.text("hash")).isEqualTo("h");
        assertThat(kept.has("shares")).isFalse();
    }

    @Test
    void whatIsUsualAndWhatIsNamed() {
        assertThat(Measure.usual())
                .containsExactlyInAnyOrder(Measure.FID, Measure.KID, Measure.PR, Measure.ROOM, Measure.MODES);
        assertThat(Measure.usualAnd(List.of(Measure.IS))).hasSize(6).contains(Measure.IS);
        assertThat(Measure.parse(" fid , ms-ssim")).containsExactly(Measure.FID, Measure.MS_SSIM);
        assertThatThrownBy(() -> Measure.parse("fid,")).hasMessageStartingWith("there is no metric ''");
        for (Measure measure : Measure.values())
            assertThat(measure.ofPairs())
                    .isEqualTo(List.of("PSNR", "SSIM", "SSIM_UNIFORM", "MS_SSIM", "LPIPS")
                            .contains(measure.name()));
        assertThatThrownBy(() -> Measure.FID.scorer().tally(null)).hasMessage("not a measure of pairs");
        assertThat(Measure.PSNR.scorer().score(null)).isSameAs(Scores.NONE);
        assertThat(Measure.PSNR.columns()).isEmpty();
    }

    /** What a measure is not given it cannot compute: needs are part of what a judgement costs. */
    @Test
    void measuresWantNoMoreThanTheyNeed() {
        for (Measure measure : Measure.values())
            for (Scorer.Need need : Scorer.Need.values())
                assertThat(measure.needs(need))
                        .as("%s of %s", need, measure)
                        .isEqualTo(wants(measure).contains(need.name()));
    }

    private static List<String> wants(Measure measure) {
        return switch (measure) {
            case FID -> List.of("FEATURES", "RANK");
            case FID_INTERVAL, FID_INFINITY -> List.of("FEATURES", "RANK", "GENERATED_SINGLES");
            case KID, PR, ROOM, MMD, MEMORIZATION -> List.of("FEATURES", "SINGLES");
            case MODES -> List.of("FEATURES", "SINGLES", "MODES");
            case SFID -> List.of("FEATURES", "RANK", "SPATIAL");
            case IS -> List.of("CLASSES");
            case DIVERSITY -> List.of("FEATURES", "SINGLES", "PIXELS");
            case PSNR, SSIM, SSIM_UNIFORM, MS_SSIM, LPIPS -> List.of("PAIRS");
        };
    }

    @Test
    void theMeanOfReadingsIsThatOfTheirRooms() {
        assertThat(new RoomsJudge.Readings(new int[2][], new double[] {0.25, 0.75}, new double[2][]).meanRoom())
                .isCloseTo(0.5, within(1e-12));
        assertThat(new RoomsJudge.Readings(new int[0][], new double[0], new double[0][]).meanRoom())
                .isNaN();
        assertThat(Flaw.DISORDER.key()).isEqualTo("disorder");
    }
}
