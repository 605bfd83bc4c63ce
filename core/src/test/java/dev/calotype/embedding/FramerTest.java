package dev.calotype.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.clip.Framing;
import dev.calotype.image.Picture;
import java.util.Locale;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FramerTest {
    private static final int SIDE = 6;

    private static Picture picture(int width, int height) {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.length; i++) {
            int c = i % 3, x = i / 3 % width, y = i / 3 / width;
            pixels[i] = (byte) (x * 37 + y * 59 + c * 101);
        }
        return new Picture(width, height, 3, pixels);
    }

    /**
     * Squares of torchvision 0.29 and of the image processors of transformers 5.24, also where half of what is cut off is no
     * whole number of pixels. Transformers resizes by other fixed-point numbers: two levels.
     */
    @ParameterizedTest
    @EnumSource
    void squaresAreThoseOfTheProgramThatTheEncoderComesFrom(Framing framing) {
        int levels = framing == Framing.TORCHVISION ? 0 : 2;
        for (JsonNode one : Golden.json("clip/squares.json")) {
            int width = one.get("width").asInt(), height = one.get("height").asInt();
            byte[] found =
                    new Framer(framing, SIDE, 3).apply(picture(width, height)).pixels();
            JsonNode expected = one.get(framing.name().toLowerCase(Locale.ROOT));
            assertThat(found).hasSize(expected.size());
            for (int i = 0; i < found.length; i++)
                assertThat(found[i] & 0xff)
                        .as("value %d of %d x %d", i, width, height)
                        .isCloseTo(expected.get(i).asInt(), Offset.offset(levels));
        }
    }
}
