package dev.calotype.data.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.Picture;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every value of every attribute can be told from every other in 32 x 32 pixels, whatever the rest of the room. */
class EvidenceTest {
    /** A pixel is affected if a channel changes by more than this: five times the strongest sensor noise. */
    private static final int VISIBLE = 16;

    private static final int PIXELS = 4;
    private static final double MEAN = 24;

    @ParameterizedTest
    @EnumSource
    void aChangeOfOneAttributeIsVisible(RoomAttribute attribute) {
        Rooms rooms = Rooms.test(32);
        for (long i = 0; i < 60; i++) {
            RoomScene scene = rooms.scene(1000 * attribute.ordinal() + i);
            List<Picture> pictures = attribute.choices().stream()
                    .map(value -> Rooms.render(scene.with(attribute, value), 32))
                    .toList();
            for (int a = 0; a < pictures.size(); a++)
                for (int b = 0; b < a; b++) {
                    String what = attribute.choices().get(a) + " against "
                            + attribute.choices().get(b) + " in " + scene;
                    assertVisible(pictures.get(a), pictures.get(b), what);
                }
        }
    }

    private static void assertVisible(Picture a, Picture b, String what) {
        int affected = 0;
        double sum = 0;
        for (int p = 0; p < 32 * 32; p++) {
            int difference = 0;
            for (int c = 0; c < 3; c++)
                difference =
                        Math.max(difference, Math.abs((a.pixels()[3 * p + c] & 0xFF) - (b.pixels()[3 * p + c] & 0xFF)));
            if (difference <= VISIBLE) continue;
            affected++;
            sum += difference;
        }
        assertThat(affected).as(what).isGreaterThanOrEqualTo(PIXELS);
        assertThat(sum / affected).as(what).isGreaterThan(MEAN);
    }
}
