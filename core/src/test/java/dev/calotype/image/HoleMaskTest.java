package dev.calotype.image;

import static dev.calotype.image.HoleMask.Shade.BLACK;
import static dev.calotype.image.HoleMask.Shade.WHITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Shared;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The picture has 8 x 5 pixels; the hole are three of them, from number 10 on. */
class HoleMaskTest {
    private static final Picture PICTURE = Pictures.jumpy(8, 5, 3);

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(HoleMask.Shade.class)
    void aPlainMaskMarksOneShade(HoleMask.Shade missing) throws IOException {
        int marked = missing == WHITE ? 255 : 0;
        HoleMask mask = read(grey(i -> isHole(i) ? marked : 255 - marked), PictureFile.NONE, missing);
        assertHole(mask);
        assertThat(mask.told()).isEqualTo(HoleMask.Told.SHADE);
        assertThat(mask.share()).isEqualTo(0.075);
        assertThat(mask).hasToString("3 of 40 pixels are missing (7.5 %)");
    }

    @Test
    void softEdgesAreCutAtTheHalfAndCounted() throws IOException {
        HoleMask mask = read(grey(i -> i == 9 ? 127 : i == 10 ? 128 : isHole(i) ? 255 : 0), PictureFile.NONE, WHITE);
        assertHole(mask);
        assertThat(mask.soft()).isEqualTo(2);
        assertThat(mask)
                .hasToString(
                        "3 of 40 pixels are missing (7.5 %); 2 are between black and white, and are cut at the half");
    }

    /** What lies under the hole is kept by some programs, black or white in others. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 255})
    void thePictureWithATransparentHoleMarksTheHole(int under) throws IOException {
        Picture erased = new Picture(8, 5, 3, PICTURE.pixels().clone());
        for (int i = 30; under >= 0 && i < 39; i++) erased.pixels()[i] = (byte) under;
        HoleMask mask = read(erased, alpha(i -> isHole(i) ? 0 : 255), WHITE);
        assertHole(mask);
        assertThat(mask.told()).isEqualTo(HoleMask.Told.ALPHA);
        assertThat(mask).hasToString("3 of 40 pixels are missing (7.5 %), those that are transparent");
        assertThatThrownBy(() -> read(erased, alpha(i -> isHole(i) ? 0 : 255), BLACK))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("what is transparent is missing, not what is black");
    }

    @Test
    void aBlackSheetWithATransparentHoleMarksTheHoleForBothRulesSaySo() throws IOException {
        assertHole(read(grey(i -> 0), alpha(i -> isHole(i) ? 0 : 255), WHITE));
        assertHole(read(grey(i -> 255), alpha(i -> isHole(i) ? 0 : 255), BLACK));
    }

    @ParameterizedTest
    @CsvSource({"255,WHITE", "0,BLACK"})
    void strokesOnATransparentSheetAreRefusedForTheRulesDisagree(int shade, HoleMask.Shade missing) {
        assertThatThrownBy(() -> read(grey(i -> shade), alpha(i -> isHole(i) ? 255 : 0), missing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("save it in black and white without transparency");
    }

    @Test
    void aMaskInColoursIsRefused() {
        byte[] red = new byte[120];
        for (int i = 0; i < 120; i += 3) red[i] = (byte) (isHole(i / 3) ? 255 : 0);
        Picture strokes = new Picture(8, 5, 3, red);
        assertThatThrownBy(() -> read(strokes, PictureFile.NONE, WHITE)).hasMessageContaining("is in colours");
        assertThatThrownBy(() -> read(strokes, alpha(i -> isHole(i) ? 255 : 0), WHITE))
                .hasMessageContaining("is not the picture");
        assertThatThrownBy(() -> read(PICTURE, PictureFile.NONE, WHITE)).hasMessageContaining("is in colours");
    }

    @Test
    void equalTransparencySaysNothing() throws IOException {
        assertHole(read(grey(i -> isHole(i) ? 255 : 0), alpha(i -> 90), WHITE));
    }

    @Test
    void nothingAndEverythingAreRefused() {
        assertThatThrownBy(() -> read(grey(i -> isHole(i) ? 1 : 0), PictureFile.NONE, WHITE))
                .hasMessageContaining(
                        "marks no pixel as missing: what is white in it is missing, and its values are 0 to 1");
        assertThatThrownBy(() -> read(grey(i -> 200), PictureFile.NONE, WHITE))
                .hasMessageContaining("marks every pixel as missing (all is white)");
        Picture other = Pictures.jumpy(5, 8, 1);
        assertThatThrownBy(() -> read(other, PictureFile.NONE, WHITE))
                .hasMessageContaining("has 5 x 8 pixels, the picture 8 x 5: they must be the same");
    }

    @Test
    void oneOfManyMayMarkNothing() throws IOException {
        Path file = folder.resolve("mask.png");
        PngFile.write(file, grey(i -> 0));
        assertThat(HoleMask.readOfMany(file, null, PICTURE).count()).isZero();
        assertThat(HoleMask.readOfMany(file, WHITE, PICTURE).missing()).isEqualTo(grey(i -> 0));
        assertThatThrownBy(() -> HoleMask.readOfMany(file, BLACK, PICTURE)).hasMessageContaining("every pixel");
        PngFile.write(file, grey(i -> 255));
        assertThat(HoleMask.readOfMany(file, BLACK, PICTURE).count()).isZero();
        assertThatThrownBy(() -> HoleMask.readOfMany(file, null, PICTURE)).hasMessageContaining("every pixel");
        PngFile.write(file, grey(i -> i == 0 ? 100 : 0));
        assertThatThrownBy(() -> HoleMask.readOfMany(file, null, PICTURE)).hasMessageContaining("marks no pixel");
        PngFile.write(file, Pictures.jumpy(5, 8, 1));
        assertThatThrownBy(() -> HoleMask.readOfMany(file, null, PICTURE)).hasMessageContaining("must be the same");
    }

    @Test
    void aPictureHasItsHoleInItsOwnAlpha() {
        PictureFile file = new PictureFile(PICTURE, alpha(i -> isHole(i) ? 0 : i == 0 ? 200 : 255), PictureFile.NONE);
        HoleMask mask = HoleMask.ofAlpha(file).orElseThrow();
        assertHole(mask);
        assertThat(mask.soft()).isEqualTo(1);
        assertThat(HoleMask.ofAlpha(PictureFile.of(PICTURE))).isEmpty();
        assertThat(HoleMask.ofAlpha(new PictureFile(PICTURE, alpha(i -> 128), PictureFile.NONE)))
                .isEmpty();
        PictureFile nothing = new PictureFile(PICTURE, alpha(i -> 0), PictureFile.NONE);
        assertThatThrownBy(() -> HoleMask.ofAlpha(nothing)).hasMessageContaining("the picture marks every pixel");
    }

    @Test
    void aMaskInTheAlphaOfThePictureIsTheMaskInBlackAndWhite() throws IOException {
        Path cases = Shared.path("cases/mask-in-alpha");
        Picture picture = PictureFile.read(cases.resolve("pic.png")).colours();
        HoleMask plain = HoleMask.read(cases.resolve("white.png"), WHITE, picture);
        HoleMask alpha = HoleMask.read(cases.resolve("alpha.png"), WHITE, picture);
        assertThat(alpha.missing()).isEqualTo(plain.missing());
        assertThat(alpha.count()).isEqualTo(150);
    }

    private HoleMask read(Picture colours, byte[] alpha, HoleMask.Shade missing) throws IOException {
        Path file = folder.resolve("mask.png");
        new PictureFile(colours, alpha, PictureFile.NONE).write(file, Map.of());
        return HoleMask.read(file, missing, PICTURE);
    }

    private static boolean isHole(int pixel) {
        return pixel >= 10 && pixel < 13;
    }

    private static void assertHole(HoleMask mask) {
        byte[] expected = new byte[40];
        Arrays.fill(expected, 10, 13, (byte) 255);
        assertThat(mask.missing()).isEqualTo(new Picture(8, 5, 1, expected));
        assertThat(mask.count()).isEqualTo(3);
    }

    private static Picture grey(IntUnaryOperator value) {
        return new Picture(8, 5, 1, alpha(value));
    }

    private static byte[] alpha(IntUnaryOperator value) {
        byte[] values = new byte[40];
        for (int i = 0; i < 40; i++) values[i] = (byte) value.applyAsInt(i);
        return values;
    }
}
