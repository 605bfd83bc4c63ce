package dev.calotype.restoration.scratch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.Picture;
import java.util.Arrays;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScratchesTest {
    private static final int SIDE = 160;

    /** Slow waves with a little noise, and what is marked in one tone. */
    private static Picture picture(int channels, int tone, BiPredicate<Integer, Integer> marked) {
        byte[] pixels = new byte[SIDE * SIDE * channels];
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                for (int c = 0; c < channels; c++) {
                    double wave = 120 + 35 * Math.sin(x / 19.0 + c) + 30 * Math.cos(y / 23.0) + (x * 7 + y * 13) % 5;
                    pixels[(y * SIDE + x) * channels + c] = (byte) (marked.test(x, y) ? tone : (int) wave);
                }
        return new Picture(SIDE, SIDE, channels, pixels);
    }

    /** A slanted, slightly bent line of three pixels across. */
    private static boolean scratch(int x, int y) {
        double middle = 60 + 0.2 * y + 3 * Math.sin(y / 40.0);
        return y >= 15 && y < 145 && Math.abs(x - middle) < 1.5;
    }

    private static boolean speck(int x, int y) {
        return (x - 120) * (x - 120) + (y - 40) * (y - 40) <= 5;
    }

    private static int count(Picture mask, BiPredicate<Integer, Integer> where) {
        int count = 0;
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++) if (mask.at(x, y, 0) != 0 && where.test(x, y)) count++;
        return count;
    }

    private static boolean near(BiPredicate<Integer, Integer> marked, int x, int y) {
        for (int dy = -2; dy <= 2; dy++) for (int dx = -2; dx <= 2; dx++) if (marked.test(x + dx, y + dy)) return true;
        return false;
    }

    @ParameterizedTest
    @CsvSource({"1,250", "3,250", "1,5", "3,5"})
    void aLongThinLineIsFoundAndNothingBesideIt(int channels, int tone) {
        Picture mask = Scratches.mask(picture(channels, tone, ScratchesTest::scratch));
        assertThat(mask.channels()).isEqualTo(1);
        int all = count(new Picture(SIDE, SIDE, 1, all255()), ScratchesTest::scratch);
        assertThat(count(mask, ScratchesTest::scratch)).isGreaterThanOrEqualTo(all * 95 / 100);
        assertThat(count(mask, (x, y) -> !near(ScratchesTest::scratch, x, y))).isZero();
    }

    private static byte[] all255() {
        byte[] all = new byte[SIDE * SIDE];
        Arrays.fill(all, (byte) 255);
        return all;
    }

    @ParameterizedTest
    @ValueSource(ints = {250, 5})
    void aSpeckOfDustIsFoundWhole(int tone) {
        Picture mask = Scratches.mask(picture(3, tone, ScratchesTest::speck));
        assertThat(count(mask, ScratchesTest::speck)).isEqualTo(21);
        assertThat(count(mask, (x, y) -> !near(ScratchesTest::speck, x, y))).isZero();
    }

    @Test
    void aPictureWithoutThemHasNone() {
        Picture mask = Scratches.mask(picture(3, 0, (x, y) -> false));
        assertThat(count(mask, (x, y) -> true)).isZero();
    }

    @Test
    void whatRepeatsIsNoScratchAndWhatIsManyIsNoDust() {
        Picture bars = Scratches.mask(picture(1, 240, (x, y) -> x % 12 < 3));
        assertThat(count(bars, (x, y) -> x > 24 && x < SIDE - 24)).isZero();
        Picture dots = Scratches.mask(picture(1, 240, (x, y) -> x % 9 < 3 && y % 9 < 3));
        assertThat(count(dots, (x, y) -> x > 12 && x < SIDE - 12 && y > 12 && y < SIDE - 12))
                .isZero();
    }

    @Test
    void anEdgeABroadStripeAndAShortLineAreNoScratches() {
        assertThat(count(Scratches.mask(picture(1, 240, (x, y) -> x > 80)), (x, y) -> true))
                .isZero();
        assertThat(count(Scratches.mask(picture(1, 240, (x, y) -> x > 70 && x < 90)), (x, y) -> true))
                .isZero();
        assertThat(count(
                        Scratches.mask(picture(1, 240, (x, y) -> x > 70 && x < 74 && y > 60 && y < 84)),
                        (x, y) -> true))
                .isZero();
    }

    @Test
    void softRidgesAreNoScratches() {
        byte[] folds = new byte[SIDE * SIDE];
        for (int i = 0; i < folds.length; i++) folds[i] = (byte) (100 + Math.max(0, 60 - 8 * Math.abs(i % SIDE - 80)));
        Picture mask = Scratches.mask(new Picture(SIDE, SIDE, 1, folds));
        assertThat(count(mask, (x, y) -> true)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void tinyPicturesHaveNone(int side) {
        Picture mask = Scratches.mask(new Picture(side, side, 3, new byte[3 * side * side]));
        assertThat(mask.pixels()).containsOnly(0);
        assertThat(mask.width()).isEqualTo(side);
    }

    @Test
    void aLargeScanHasBroaderScratches() {
        int side = 1700;
        byte[] pixels = new byte[side * side];
        Arrays.fill(pixels, (byte) 90);
        for (int y = 200; y < 1500; y++) for (int x = 800; x < 807; x++) pixels[y * side + x] = (byte) 230;
        Picture mask = Scratches.mask(new Picture(side, side, 1, pixels));
        assertThat(mask.at(803, 800, 0)).isEqualTo(255);
        assertThat(mask.at(800, 800, 0)).isEqualTo(255);
        assertThat(mask.at(790, 800, 0)).isZero();
    }
}
