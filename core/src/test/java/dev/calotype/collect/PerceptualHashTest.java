package dev.calotype.collect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.Resize;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;

class PerceptualHashTest {
    private static Picture picture(
            int width, int height, IntBinaryOperator red, IntBinaryOperator green, IntBinaryOperator blue) {
        byte[] pixels = new byte[3 * width * height];
        for (int y = 0, i = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                pixels[i++] = (byte) red.applyAsInt(x, y);
                pixels[i++] = (byte) green.applyAsInt(x, y);
                pixels[i++] = (byte) blue.applyAsInt(x, y);
            }
        return new Picture(width, height, 3, pixels);
    }

    private static Picture smooth() {
        return picture(100, 80, (x, y) -> 2 * x, (x, y) -> 3 * y, Integer::sum);
    }

    private static int jumpy(int x, int y, int c) {
        return (37 * x + 101 * y + 59 * c + 7 * x * y) * 73;
    }

    /** {@code imagehash.phash} of imagehash 4.3.2. */
    @Test
    void hashesAreThoseOfImagehash() {
        Picture jumpy = picture(64, 48, (x, y) -> jumpy(x, y, 0), (x, y) -> jumpy(x, y, 1), (x, y) -> jumpy(x, y, 2));
        assertThat(Long.toHexString(PerceptualHash.of(smooth()))).isEqualTo("aa12ff1ae016fb12");
        assertThat(Long.toHexString(PerceptualHash.of(jumpy))).isEqualTo("807b35961f25eaa9");
    }

    @Test
    void anotherSizeIsNearAndAnotherPictureIsFar() {
        IntBinaryOperator waves =
                (x, y) -> (int) (128 + 60 * Math.sin(x * 0.21 + y * 0.05) + 50 * Math.cos(y * 0.27 - x * 0.06));
        Picture picture = picture(100, 80, waves, waves, waves);
        long hash = PerceptualHash.of(picture);
        Picture half = Resize.to(picture, 50, 40, Resize.Filter.BICUBIC);
        assertThat(PerceptualHash.distance(hash, PerceptualHash.of(half))).isLessThanOrEqualTo(4);
        assertThat(PerceptualHash.distance(hash, PerceptualHash.of(Images.mirrored(picture))))
                .isGreaterThan(15);
    }
}
