package dev.calotype.data.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RoomSceneTest {
    private static final int COUNT = 20_000;
    private static final List<RoomScene> SCENES =
            LongStream.range(0, COUNT).mapToObj(Rooms.train(32)::scene).toList();

    @Test
    void everyAttributeIsUniform() {
        for (RoomAttribute attribute : RoomAttribute.values()) {
            int cells = attribute.choices().size();
            int[] counts = new int[cells];
            for (RoomScene scene : SCENES) counts[scene.index(attribute)]++;
            assertThat(chiSquare(counts)).as(attribute.key()).isLessThan(bound(cells - 1));
        }
    }

    @Test
    void everyPairOfAttributesIsIndependent() {
        RoomAttribute[] all = RoomAttribute.values();
        for (RoomAttribute a : all)
            for (RoomAttribute b : all) {
                if (a.ordinal() >= b.ordinal()) continue;
                int columns = b.choices().size();
                int[] counts = new int[a.choices().size() * columns];
                for (RoomScene scene : SCENES) counts[scene.index(a) * columns + scene.index(b)]++;
                assertThat(chiSquare(counts)).as(a.key() + " x " + b.key()).isLessThan(bound(counts.length - 1));
            }
    }

    @Test
    void nuisanceFillsItsRangeWhateverTheAttributes() {
        double sum = 0;
        for (RoomScene scene : SCENES) {
            double side = Nuisance.SIDE.of(scene);
            assertThat(side).isBetween(0.0, 1.0);
            assertThat(Nuisance.SIDE.of(scene.with(RoomAttribute.WALL, "pink"))).isEqualTo(side);
            sum += side;
        }
        assertThat(sum / COUNT).isBetween(0.49, 0.51);
    }

    @Test
    void captionsTellEveryAttribute() {
        Set<String> openings = new HashSet<>();
        for (RoomScene scene : SCENES.subList(0, 3000)) {
            String caption = RoomCaption.of(scene);
            assertThat(RoomCaption.of(scene)).isEqualTo(caption);
            for (RoomAttribute attribute : RoomAttribute.values()) {
                String value = scene.value(attribute);
                assertThat(caption).contains(value.equals("none") ? "no " + attribute.key() : value);
            }
            assertThat(caption).doesNotContain(" a o").doesNotContain("  ").endsWith(".");
            assertThat(caption.split(" ").length).isBetween(30, 75);
            openings.add(caption.substring(0, 20) + caption.length());
        }
        assertThat(openings).hasSizeGreaterThan(300);
    }

    /** Pearson's statistic against equal frequencies. */
    private static double chiSquare(int[] counts) {
        double expected = (double) COUNT / counts.length;
        double sum = 0;
        for (int count : counts) sum += (count - expected) * (count - expected) / expected;
        return sum;
    }

    /** About 4.5 standard deviations above the mean of chi-square. */
    private static double bound(int freedom) {
        return freedom + 4.5 * Math.sqrt(2.0 * freedom) + 4;
    }
}
