package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.Images;
import dev.calotype.io.Progress;
import dev.calotype.metric.CategoryHistogram;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the judge that comes with the library reads from a few pictures. */
class RoomsJudgeTest {
    private static final Preparation PLAIN = new Preparation(32, 3, Preparation.Flip.NONE);
    private static final EvaluationProtocol FEW = new EvaluationProtocol(3, 64, 0, SmallSets.ALLOW);
    private static RoomsJudge judge;

    @BeforeAll
    static void open() throws IOException {
        judge = RoomsJudge.builtIn(Device.CPU);
    }

    @AfterAll
    static void close() {
        judge.close();
    }

    private static Batch rooms(int size, int count) {
        try (Batches batches = new Batches(
                Rooms.test(size), new Preparation(size, 3, Preparation.Flip.NONE), Batches.Plan.of(count, 1))) {
            return batches.next();
        }
    }

    private static Tensor pixels(Batch batch) {
        return Tensors.of(batch.pixels(), batch.count(), batch.channels(), batch.size(), batch.size());
    }

    @Test
    void everyAttributeOfARoomIsReadAndNoneOfNoise() {
        for (int size : new int[] {32, 64}) {
            Batch rooms = rooms(size, 12);
            RoomsJudge.Readings read = Scope.read(() -> judge.read(pixels(rooms)));
            int right = 0;
            for (int i = 0; i < 12; i++)
                for (RoomAttribute a : RoomAttribute.values())
                    if (read.attributes()[i][a.ordinal()]
                            == a.index(rooms.attributes().get(i).get(a.key()))) right++;
            assertThat(right).as("of 12 x 13 at %d px", size).isGreaterThanOrEqualTo(155);
            assertThat(read.room()).hasSize(12);
            for (double share : read.room()) assertThat(share).isBetween(0.5, 1.0);
            assertThat(read.flaws()).hasDimensions(12, Flaw.values().length);
            assertThat(read.meanRoom()).isGreaterThan(0.8);
        }
        RoomsJudge.Readings noise =
                Scope.read(() -> judge.read(Images.toPixels(Rng.of(1).normal(5, 3, 32, 32))));
        assertThat(noise.room()).hasSize(5);
        for (double share : noise.room()) assertThat(share).isLessThan(0.1);
        for (int[] attributes : noise.attributes())
            assertThat(attributes).hasSize(13).containsOnly(CategoryHistogram.UNKNOWN);
        for (double[] flaws : noise.flaws())
            assertThat(flaws[Flaw.NOISE.ordinal()]).isGreaterThan(0.5);
    }

    @Test
    void theLastFeaturesAreTheFlawsAndTheRoomTimesTen() {
        Scope.run(() -> {
            RoomsJudge.Look look = judge.look(pixels(rooms(32, 6)));
            int d = judge.dimensions(), asked = Flaw.values().length + 1;
            assertThat(look.features().size(0)).isEqualTo(6);
            assertThat(look.features().size(1)).isEqualTo(d);
            double[] features = Tensors.doubles(look.features());
            for (int i = 0; i < 6; i++) {
                for (int f = 0; f < asked - 1; f++)
                    assertThat(features[i * d + d - asked + f])
                            .isCloseTo(10 * look.readings().flaws()[i][f], within(1e-4));
                assertThat(features[i * d + d - 1])
                        .isCloseTo(10 * look.readings().room()[i], within(1e-4));
            }
            assertThat(judge.room(new double[] {1, 2, 7})).isEqualTo(0.7);
            assertThat(Tensors.doubles(judge.features(pixels(rooms(32, 6))))).isEqualTo(features);
        });
    }

    @Test
    void pictureOfOtherSizesAreBroughtToOneOfTwo() {
        Scope.run(() -> {
            Tensor small = Images.toPixels(Rng.of(1).normal(2, 3, 16, 16)), middle = pixels(rooms(48, 2));
            assertThat(judge.features(small).size(1)).isEqualTo(judge.dimensions());
            assertThat(judge.read(middle).meanRoom()).isGreaterThan(0.7);
            Tensor grey = pixels(rooms(32, 2)).narrow(1, 0, 1).contiguous();
            Tensor three = grey.expand(2, 3, 32, 32).contiguous();
            assertThat(Tensors.doubles(judge.features(grey))).isEqualTo(Tensors.doubles(judge.features(three)));
        });
    }

    @Test
    void whatTheJudgeIs() {
        assertThat(judge.name()).isEqualTo("rooms-judge");
        assertThat(judge.hash()).matches("[0-9a-f]{16}");
        assertThat(judge.madeFor()).isEqualTo("rooms");
        assertThat(judge.input()).isEqualTo("up to 32 pixels 32 x 32, else 64 x 64, antialiased bilinear, [-1, 1]");
        assertThat(RoomsJudge.values()).hasSize(13);
        assertThat(RoomsJudge.logits())
                .isEqualTo(RoomsJudge.values().stream().mapToInt(List::size).sum());
        assertThat(RoomsJudge.outputs()).isEqualTo(RoomsJudge.logits() + 8);
    }

    @Test
    void theAccuracyIsTheShareOfRoomsReadRightly() {
        List<Long> seen = new ArrayList<>();
        Map<String, Double> accuracy = judge.accuracy(130, (what, done, all) -> seen.add(done));
        assertThat(accuracy).hasSize(13).containsKey(RoomAttribute.values()[0].key());
        assertThat(accuracy.values()).allMatch(share -> share > 0.98 && share <= 1);
        assertThat(seen).containsExactly(100L, 130L);
    }

    private Judgement judged(java.util.function.UnaryOperator<Tensor> damage) {
        Judge eyes = new Judge(judge, FEW, Progress.SILENT);
        Side real = new Side(eyes, 60, new Side.Role(true, false, true, false, false));
        Side fake = new Side(eyes, 60, new Side.Role(true, false, true, false, false));
        try (PointerScope scope = new PointerScope()) {
            real.add(pixels(rooms(32, 60)));
            fake.add(damage.apply(pixels(rooms(32, 60))));
            List<String> caveats = new ArrayList<>();
            Judge.Plan plan = Judge.Plan.of(PLAIN, 60);
            Sight sight = new Sight(eyes, plan, null, null, fake, real, caveats);
            return new Judgement(
                    new Judgement.Subject("g", "r", 32),
                    null,
                    new Judgement.Counts(60, 60),
                    Measure.ROOM
                            .scorer()
                            .score(sight)
                            .and(Measure.MODES.scorer().score(sight)),
                    null,
                    caveats,
                    0);
        }
    }

    @Test
    void roomsAreRoomsAndNoiseIsSaidToBeNothingLikeThem() {
        Judgement rooms = judged(x -> x);
        assertThat(rooms.score("room")).isGreaterThan(0.8);
        assertThat(rooms.caveats()).isEmpty();
        assertThat(rooms.score("coverage")).isEqualTo(1);
        assertThat(rooms.score("evenCoverage")).isEqualTo(1);
        assertThat(rooms.shares()).hasSize(13);
        for (Map<String, Double> shares : rooms.shares().values())
            assertThat(shares.values().stream().mapToDouble(x -> x).sum()).isCloseTo(1, within(1e-9));
        Judgement noise = judged(x -> Images.toPixels(Rng.of(2).normal(60, 3, 32, 32)));
        assertThat(noise.score("room")).isLessThan(0.1);
        assertThat(noise.score("coverage")).isZero();
        assertThat(noise.caveats())
                .singleElement()
                .asString()
                .matches("These pictures are nothing like rooms: \\d % of a room is found in them on average\\.");
        for (Map<String, Double> shares : noise.shares().values())
            assertThat(shares).containsEntry("cannot tell", 1.0);
        Judgement half = judged(x -> {
            Tensor noisy = Images.toPixels(Rng.of(2).normal(40, 3, 32, 32));
            return Tensors.cat(0, x.narrow(0, 0, 20), noisy);
        });
        assertThat(half.score("room")).isBetween(0.25, 0.4);
        assertThat(half.caveats())
                .singleElement()
                .asString()
                .matches("These pictures are hardly rooms: 3\\d % of a room.*");
    }

    @Test
    void aLadderIsClimbedByAtLeastAsManyRoomsAsABatch() {
        assertThatThrownBy(() -> RoomLadder.climb(List.of(RoomLadder.whole()), judge, 32, 49, Progress.SILENT))
                .hasMessageContaining("count must be in 50..100000: 49");
        assertThat(RoomLadder.all())
                .extracting(ladder -> ladder.name() + " "
                        + ladder.rungs().stream().map(RoomLadder.Rung::strength).toList())
                .containsExactly(
                        "noise, deviation [0.05, 0.1, 0.2, 0.4, 0.8]",
                        "blur, pixels [0.5, 1, 2, 4, 8]",
                        "JPEG, quality [90, 50, 25, 10, 5, 1]",
                        "squares of 4 x 4 exchanged, share [0.05, 0.1, 0.25, 0.5, 1]",
                        "another room on top, share [0.1, 0.2, 0.3, 0.4, 0.5]",
                        "noise among the rooms, share [0.05, 0.1, 0.25, 0.5, 1]");
        assertThat(RoomLadder.strange().rungs()).hasSize(7);
        assertThat(RoomLadder.whole().rungs()).hasSize(1);
    }

    @Test
    void oneLadderGetsWorseFromRungToRung() {
        List<RoomLadder.Verdict> verdicts =
                RoomLadder.climb(List.of(RoomLadder.whole(), RoomLadder.all().get(5)), judge, 32, 50, Progress.SILENT);
        assertThat(verdicts)
                .extracting(RoomLadder.Verdict::strength)
                .containsExactly("", "0.05", "0.1", "0.25", "0.5", "1");
        assertThat(verdicts).extracting(RoomLadder.Verdict::ladder).startsWith("none", "noise among the rooms, share");
        assertThat(verdicts.get(0).room()).isGreaterThan(0.8);
        for (int i = 1; i < verdicts.size(); i++) {
            RoomLadder.Verdict rung = verdicts.get(i);
            assertThat(rung.fid()).isGreaterThan(verdicts.get(i - 1).fid());
            assertThat(rung.room())
                    .as("what is left of the rooms")
                    .isCloseTo(
                            verdicts.get(0).room() * (1 - Math.round(50 * Double.parseDouble(rung.strength())) / 50.0),
                            within(0.03));
        }
        assertThat(verdicts.get(5).precision()).isZero();
        assertThat(verdicts.get(5).coverage()).isZero();
        assertThat(verdicts.get(5).shown()).isZero();
        assertThat(verdicts.get(0).shown()).isGreaterThan(0.9);
    }
}
