package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.io.Progress;
import dev.calotype.judge.RoomLadder.Verdict;
import dev.calotype.tensor.Device;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The judge that comes with the library sees what is worse, at both sizes that it looks at. */
class RoomLadderTest {
    private static final int COUNT = 150;
    private static RoomsJudge judge;

    @BeforeAll
    static void open() throws IOException {
        judge = RoomsJudge.builtIn(Device.CPU);
    }

    @AfterAll
    static void close() {
        judge.close();
    }

    @Test
    void theJudgeReadsEveryAttributeOfTheOtherSplit() {
        Map<String, Double> accuracy = judge.accuracy(2000, Progress.SILENT);
        assertThat(accuracy.values()).hasSize(13).allMatch(share -> share >= 0.999);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void theFidRisesAndTheRoomFadesFromRungToRung(int size) {
        List<RoomLadder> ladders = new ArrayList<>(List.of(RoomLadder.whole()));
        ladders.addAll(RoomLadder.all());
        List<Verdict> verdicts = RoomLadder.climb(ladders, judge, size, COUNT, Progress.SILENT);
        Verdict whole = verdicts.get(0), before = whole;
        assertThat(whole.room()).isGreaterThan(0.9);
        assertThat(whole.shown()).isEqualTo(1);
        assertThat(whole.precision()).isGreaterThan(0.8);
        for (Verdict rung : verdicts.subList(1, verdicts.size())) {
            if (!rung.ladder().equals(before.ladder())) before = whole;
            assertThat(rung.fid()).as("%s after %s", rung, before).isGreaterThan(before.fid());
            assertThat(rung.room()).as("%s after %s", rung, before).isLessThan(before.room());
            before = rung;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {48, 128})
    void roomsOfOtherSizesAreRoomsToo(int size) {
        assertThat(RoomLadder.climb(List.of(RoomLadder.whole()), judge, size, 50, Progress.SILENT))
                .singleElement()
                .satisfies(whole -> {
                    assertThat(whole.room()).isGreaterThan(0.85);
                    assertThat(whole.shown()).isEqualTo(1);
                    assertThat(whole.precision()).isGreaterThan(0.8);
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void whatIsNoRoomHasNoPrecisionNoCoverageAndShowsNoAttribute(int size) {
        List<Verdict> verdicts = RoomLadder.climb(List.of(RoomLadder.strange()), judge, size, COUNT, Progress.SILENT);
        assertThat(verdicts).hasSize(7).allSatisfy(verdict -> {
            assertThat(verdict.precision()).as("%s", verdict).isZero();
            assertThat(verdict.coverage()).as("%s", verdict).isZero();
            assertThat(verdict.shown()).as("%s", verdict).isZero();
            assertThat(verdict.room()).as("%s", verdict).isLessThan(0.05);
        });
    }
}
