package dev.calotype.kind.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.data.Batch;
import dev.calotype.data.FixedBatch;
import dev.calotype.data.Preparation;
import dev.calotype.data.rooms.RoomAttribute;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.Images;
import dev.calotype.judge.Flaw;
import dev.calotype.judge.RoomsJudge;
import dev.calotype.model.AttributeNet;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class LessonTest {
    private static final int ROOMS = 6;
    private static final int ASKED = Flaw.values().length + 1;

    private static Lesson lesson() {
        Batch batch = new FixedBatch(Rooms.train(32), new Preparation(32, 3, Preparation.Flip.NONE), ROOMS, 1).get();
        return Lesson.of(batch, Rooms.train(64), 0, Rng.of(3));
    }

    @Test
    void everyRoomIsShownWholeAndDamagedAndHalfAsManyPicturesAreNone() {
        Scope.run(() -> {
            Lesson lesson = lesson();
            int count = 6 + 6 + 3 + 3 + 3 + 2;
            assertThat(Tensors.shape(lesson.bands())).isEqualTo(new long[] {count, 13, 32, 32});
            assertThat(Tensors.shape(lesson.values())).isEqualTo(new long[] {count, RoomsJudge.logits()});
            double[] flaws = Tensors.doubles(lesson.flaws());
            double[] values = Tensors.doubles(lesson.values().sum(new long[] {1}, false, null));
            int whole = 0, strange = 0;
            for (int i = 0; i < count; i++) {
                double room = flaws[i * ASKED + ASKED - 1];
                if (room == 1) whole++;
                if (flaws[i * ASKED + Flaw.STRANGENESS.ordinal()] == 1) {
                    strange++;
                    assertThat(room).isZero();
                    assertThat(values[i])
                            .isCloseTo(0.25 * RoomAttribute.values().length, within(1e-5)); // equal chances
                }
                if (room == 1) assertThat(values[i]).isEqualTo(RoomAttribute.values().length);
            }
            assertThat(whole).isEqualTo(6 + 3);
            assertThat(strange).isEqualTo(3 + 2);
        });
    }

    @Test
    void aLessonDependsOnItsSeedAlone() {
        Scope.run(() -> assertThat(Tensors.floats(lesson().bands())).isEqualTo(Tensors.floats(lesson().bands())));
    }

    @Test
    void theBandsOfALargerPictureHoldAllOfIt() {
        Scope.run(() -> {
            Tensor x = Images.toTensor(Rooms.train(64).read(0).image());
            Tensor bands = AttributeNet.bands(x); // (1, 13, 32, 32)
            Tensor mean = bands.narrow(1, 0, 3);
            Tensor upper = Tensors.combine(1, mean, 0.25, bands.narrow(1, 3, 3)); // rows above against those below
            Tensor corner = upper.add(Tensors.combine(0.25, bands.narrow(1, 6, 3), 0.25, bands.narrow(1, 9, 3)));
            float[] restored = Tensors.floats(corner), own = Tensors.floats(x);
            for (int c = 0; c < 3; c++)
                for (int i = 0; i < 32 * 32; i++)
                    assertThat(restored[c * 1024 + i])
                            .isCloseTo(own[c * 4096 + 2 * (i / 32) * 64 + 2 * (i % 32)], within(1e-5f));
            Tensor small = Images.toTensor(Rooms.train(32).read(0).image());
            assertThat(Tensors.floats(AttributeNet.bands(small).narrow(1, 0, 3)))
                    .isEqualTo(Tensors.floats(small));
        });
    }

    @Test
    void flawsAddUpAndOnlyWhatIsReadableIsLegible() {
        Flawed noisy = Flawed.none(null).with(null, Flaw.NOISE, 0.5);
        Flawed twice = noisy.with(null, Flaw.NOISE, 0.5).with(null, Flaw.BLUR, 0.2);
        assertThat(twice.strength(Flaw.NOISE)).isEqualTo(0.75);
        assertThat(twice.room()).isCloseTo(0.25 * 0.8, within(1e-12));
        assertThat(noisy.legible()).isTrue();
        assertThat(twice.legible()).isFalse();
        assertThat(Flawed.none(null).with(null, Flaw.COLOURS, 0.1).legible()).isFalse();
        assertThat(Flawed.none(null).unsure(Flaw.MIXTURE).legible()).isFalse();
    }
}
