package dev.calotype.data.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.Sample;
import dev.calotype.data.rooms.Rooms.Split;
import dev.calotype.image.Picture;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RoomsTest {
    private final Rooms rooms = Rooms.train(32);

    @Test
    void aSampleIsFixedByItsIndex() {
        Sample sample = rooms.read(123);
        assertThat(Rooms.train(32).read(123)).isEqualTo(sample);
        assertThat(rooms.read(124).image()).isNotEqualTo(sample.image());
        assertThat(new Rooms(Split.TRAIN, 32, 1).read(123).image()).isNotEqualTo(sample.image());
    }

    @Test
    void manyThreadsDrawWhatOneDraws() {
        List<Picture> one = pictures(LongStream.range(0, 60));
        assertThat(pictures(LongStream.range(0, 60).parallel())).isEqualTo(one);
    }

    private List<Picture> pictures(LongStream indices) {
        return indices.mapToObj(i -> rooms.read(i).image()).toList();
    }

    @Test
    void aSampleTellsWhatItShows() {
        Sample sample = Rooms.test(48).read(5);
        RoomScene scene = Rooms.test(48).scene(5);
        assertThat(sample.name()).isEqualTo("rooms:test/5");
        assertThat(rooms.classes().get(sample.label())).isEqualTo(scene.value(RoomAttribute.BLANKET));
        assertThat(Rooms.test(48).label(5)).isEqualTo(sample.label());
        assertThat(sample.attributes()).isEqualTo(scene.named()).hasSize(RoomAttribute.values().length);
        assertThat(sample.caption()).isEqualTo(RoomCaption.of(scene));
        assertThat(RoomScene.of(sample.attributes(), scene.nuisance())).isEqualTo(scene);
        assertThat(sample.image()).isEqualTo(Rooms.render(scene, 48));
    }

    @Test
    void theSplitsShareNoScene() {
        Rooms test = Rooms.test(32);
        Set<Long> seen = new HashSet<>();
        Set<Double> cameras = new HashSet<>();
        for (long i = 0; i < 20_000; i++) {
            for (Rooms split : List.of(rooms, test)) {
                RoomScene scene = split.scene(i);
                seen.add(scene.nuisance());
                cameras.add(Nuisance.CAMERA_DISTANCE.of(scene));
            }
        }
        assertThat(seen).hasSize(40_000);
        assertThat(cameras).hasSize(40_000);
    }

    @Test
    void everySizeShowsTheSameRoom() {
        RoomScene scene = rooms.scene(7);
        double[] reference = means(Rooms.render(scene, 32));
        for (int size = 32; size <= 256; size += size < 64 ? 1 : 37) {
            Picture picture = Rooms.render(scene, size);
            assertThat(picture.width()).isEqualTo(size);
            assertThat(picture.height()).isEqualTo(size);
            double[] means = means(picture);
            for (int i = 0; i < means.length; i++)
                assertThat(Math.abs(means[i] - reference[i])).isLessThan(6);
        }
        assertThat(Rooms.render(scene, 256).channels()).isEqualTo(3);
    }

    /** The mean code of each channel in each quadrant's inner part. */
    private static double[] means(Picture picture) {
        double[] means = new double[12];
        int n = picture.width();
        for (int q = 0; q < 4; q++)
            for (int c = 0; c < 3; c++) {
                double sum = 0;
                int count = 0;
                for (int y = (q / 2) * n / 2; y < (q / 2 + 1) * n / 2; y++)
                    for (int x = (q % 2) * n / 2; x < (q % 2 + 1) * n / 2; x++, count++) sum += picture.at(x, y, c);
                means[q * 3 + c] = sum / count;
            }
        return means;
    }

    @Test
    void surfacesCoverEveryPictureAndNothingIsBlownOut() {
        for (long i = 0; i < 200; i++) {
            Picture picture = rooms.read(i).image();
            int extreme = 0;
            for (int p = 0; p < 32 * 32; p++) {
                int sum = 0;
                for (int c = 0; c < 3; c++) sum += picture.pixels()[3 * p + c] & 0xFF;
                if (sum < 15 || sum > 755) extreme++;
            }
            assertThat(extreme).as("black or white pixels of sample %d", i).isLessThan(60);
        }
    }

    @Test
    void refusesWhatItCannotDraw() {
        assertThatThrownBy(() -> Rooms.train(31)).hasMessage("size must be in 32..256: 31");
        assertThatThrownBy(() -> Rooms.render(rooms.scene(0), 257)).hasMessage("size must be in 32..256: 257");
        assertThatThrownBy(() -> rooms.read(-1)).hasMessageContaining("index").hasMessageContaining("-1");
        assertThatThrownBy(() -> rooms.read(Rooms.COUNT)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> rooms.scene(0).with(RoomAttribute.RUG, "pink"))
                .hasMessageContaining("rug must be one of")
                .hasMessageContaining("pink");
        assertThatThrownBy(() -> RoomScene.of(Map.of("rugs", "red"), 0)).hasMessageContaining("no attribute rugs");
        assertThatThrownBy(() -> RoomScene.of(Map.of("rug", "red"), 0)).hasMessageContaining("needs a value for wall");
    }
}
