package dev.calotype.data.moving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.data.Batches;
import dev.calotype.data.Preparation;
import dev.calotype.data.Sample;
import dev.calotype.data.moving.Moving.Split;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MovingTest {
    private static final int BINS = 8, CLIPS = 3000, FRAMES = 6;

    @ParameterizedTest
    @EnumSource
    void aClipPlayedBackwardsIsAClipOfTheOppositeClass(Motion motion) {
        for (int count : new int[] {1, 2, 7, 16}) {
            MovingScene scene = new MovingScene(motion, 99 + count);
            List<Picture> backwards = new ArrayList<>(scene.frames(32, count));
            Collections.reverse(backwards);
            assertThat(scene.reversed().motion()).isNotEqualTo(motion);
            assertThat(scene.reversed().reversed()).isEqualTo(scene);
            assertThat(scene.reversed().frames(32, count)).isEqualTo(backwards);
        }
    }

    /** All that stands somewhere in a frame taken at random is spread alike, whatever happens: no class can be read from it. */
    @ParameterizedTest
    @EnumSource
    void aRandomFrameStandsAlikeInAllClasses(Motion motion) {
        double[][] shares = shares(motion, 1),
                others = shares(motion == Motion.PAN_UP ? Motion.ENTER : Motion.PAN_UP, 2);
        for (int quantity = 0; quantity < shares.length; quantity++)
            for (int bin = 0; bin < BINS; bin++)
                assertThat(shares[quantity][bin])
                        .as("quantity %d, bin %d", quantity, bin)
                        .isCloseTo(others[quantity][bin], within(0.045));
    }

    private static double[][] shares(Motion motion, long seed) {
        double[][] shares = new double[6][BINS];
        Rng rng = Rng.of(seed);
        for (int i = 0; i < CLIPS; i++) {
            State s = new MovingScene(motion, rng.nextLong()).state(rng.nextInt(FRAMES), FRAMES);
            double[] values = {s.cameraX(), s.cameraY(), s.out(), s.lit() ? 1 : 0, s.ballX(), s.ballY()};
            for (int q = 0; q < values.length; q++)
                shares[q][(int) Math.min(BINS - 1, values[q] * BINS)] += 1.0 / CLIPS;
        }
        return shares;
    }

    @ParameterizedTest
    @EnumSource
    void onlyWhatItsClassNamesMoves(Motion motion) {
        MovingScene scene = new MovingScene(motion, 5);
        List<State> states = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) states.add(scene.state(i, FRAMES));
        assertThat(states.stream().map(State::lit).distinct().count() > 1)
                .isEqualTo(motion.mover() == Motion.Mover.LAMP);
        assertThat(states.stream().map(State::out).distinct().count() > 1)
                .isEqualTo(motion.mover() == Motion.Mover.BOX);
        assertThat(states.stream().map(State::cameraX).distinct().count() > 1)
                .isEqualTo(motion.mover() == Motion.Mover.CAMERA_ACROSS);
        assertThat(states.stream().map(State::cameraY).distinct().count() > 1)
                .isEqualTo(motion.mover() == Motion.Mover.CAMERA_ALONG);
        boolean ball = motion.mover() == Motion.Mover.BALL_ACROSS || motion.mover() == Motion.Mover.BALL_ALONG;
        assertThat(states.stream().map(State::ballX).distinct().count() > 1).isEqualTo(ball);
    }

    @Test
    void directionsAreThoseOfThePicture() {
        for (int i = 0; i < 50; i++) {
            assertThat(way(Motion.PAN_RIGHT, i, State::cameraX)).isBetween(0.0, 0.5);
            assertThat(way(Motion.PAN_DOWN, i, State::cameraY)).isBetween(0.0, 0.5);
            assertThat(way(Motion.BALL_RIGHT, i, State::ballX)).isBetween(0.0, 0.5);
            assertThat(new MovingScene(Motion.LAMP_ON, i).state(0, 2).lit()).isFalse();
            assertThat(new MovingScene(Motion.LAMP_ON, i).state(1, 2).lit()).isTrue();
            MovingScene enter = new MovingScene(Motion.ENTER, i);
            assertThat(enter.state(1, 2).out()).isGreaterThan(enter.state(0, 2).out());
        }
    }

    private static double way(Motion motion, long nuisance, ToDoubleFunction<State> place) {
        MovingScene scene = new MovingScene(motion, nuisance);
        return State.wrapped(place.applyAsDouble(scene.state(1, 2)) - place.applyAsDouble(scene.state(0, 2)));
    }

    @Test
    void aSampleIsFixedByItsIndexAndTellsWhatHappens() {
        Moving train = new Moving(Split.TRAIN, 32, 4, 0), test = new Moving(Split.TEST, 32, 4, 0);
        Sample sample = train.read(17);
        assertThat(new Moving(Split.TRAIN, 32, 4, 0).read(17)).isEqualTo(sample);
        assertThat(test.read(17).pictures()).isNotEqualTo(sample.pictures());
        assertThat(sample.pictures()).hasSize(4);
        assertThat(sample.attributes().get("motion")).isEqualTo(train.classes().get(sample.label()));
        assertThat(train.label(17)).isEqualTo(sample.label());
        assertThat(sample.caption())
                .isEqualTo(train.scene(17).motion().sentence())
                .isEqualTo(train.caption(17));
        assertThat(train.classes()).contains("pan-left", "lamp-off").hasSize(12);
    }

    @Test
    void clipsReachTheBatchAsVideosAndSingleFramesAsImages() {
        Preparation preparation = new Preparation(32, 3, Preparation.Flip.NONE);
        for (int frames : new int[] {1, 5})
            try (Batches batches =
                    new Batches(new Moving(Split.TRAIN, 32, frames, 0), preparation, Batches.Plan.of(3, 1))) {
                Batch batch = batches.next();
                String column = frames == 1 ? Columns.IMAGE : Columns.VIDEO;
                List<Integer> shape = frames == 1 ? List.of(3, 32, 32) : List.of(frames, 3, 32, 32);
                assertThat(batch.columns().get(column, Column.Bytes.class).shape())
                        .isEqualTo(shape);
                assertThat(batch.labels()).hasSize(3);
            }
    }

    @Test
    void whatCannotBeDrawnIsRefused() {
        assertThatThrownBy(() -> new Moving(Split.TRAIN, 8, 4, 0)).hasMessage("size must be in 16..256: 8");
        assertThatThrownBy(() -> new Moving(Split.TRAIN, 32, 0, 0)).hasMessage("frames must be in 1..256: 0");
        assertThatThrownBy(() -> new Moving(Split.TRAIN, 32, 2, 0).read(-1)).hasMessageStartingWith("index must be in");
    }
}
