package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.isolation.Isolation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of heif/ORIGIN.md: pixel (x, y) was drawn as (2x, 2y, 128). */
class HeifTest {
    private static final int LOSS = 3;
    /** Where its boxes begin in plain.avif, and where the table of places tells where the pixels begin. */
    private static final int META = 0x20, INFOS = 0x80, DATA = 0x112, OFFSET = 0x78;

    private static byte[] file(String name) throws IOException {
        return Pictures.resource("heif/" + name);
    }

    /** {@code x} and {@code y} tell where a pixel that is seen at (x, y) was drawn. */
    private static void requireDrawn(Picture picture, IntBinaryOperator x, IntBinaryOperator y) {
        for (int row = 0; row < picture.height(); row++)
            for (int column = 0; column < picture.width(); column++) {
                int[] drawn = {2 * x.applyAsInt(column, row), 2 * y.applyAsInt(column, row), 128};
                for (int c = 0; c < 3; c++)
                    assertThat(picture.at(column, row, c)).isCloseTo(drawn[c], within(LOSS));
            }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain.avif", "plain.heic", "animated.avif", "ten-bits.avif", "limited.avif", "bt709.avif"})
    void coloursAreThoseThatWereDrawn(String name) throws IOException {
        PictureFile read = PictureFile.decode(file(name));
        assertThat(read.hasAlpha()).isFalse();
        assertThat(read.colours().width()).isEqualTo(64);
        assertThat(read.colours().height()).isEqualTo(48);
        requireDrawn(read.colours(), (x, y) -> x, (x, y) -> y);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain.heic",
                "alpha.heic",
                "ten-bits.avif",
                "grey.avif",
                "tiles-alpha.avif",
                "cropped.avif",
                "turned.avif"
            })
    void aProcessOfItsOwnGivesThePixelsOfThisOne(String name) throws IOException {
        HeifPicture asked = new HeifPicture(file(name), ImageFiles.MAX_PIXELS);
        HeifPicture.Decoded here = asked.work(), there = Isolation.shared().done(asked);
        assertThat(there.stored().apart()).isEqualTo(here.stored().apart());
        assertThat(there.pixels().pixels()).isEqualTo(here.pixels().pixels());
    }

    @Test
    void aProcessThatTellsOfMorePixelsThanAreAllowedIsNotBelieved() throws IOException {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        HeifPicture asked = new HeifPicture(file("plain.avif"), 64 * 48);
        asked.tell(asked.work(), new DataOutputStream(told));
        byte[] more = told.toByteArray();
        more[3]++; // of the width
        assertThatThrownBy(() -> asked.told(new DataInputStream(new ByteArrayInputStream(more))))
                .hasMessage("65 x 48 pixels are over the limit of 3072");
        byte[] turned = told.toByteArray();
        turned[4 + 4 + 1 + 1 + 4 * 4 + 3] = 9;
        assertThatThrownBy(() -> asked.told(new DataInputStream(new ByteArrayInputStream(turned))))
                .hasMessage("its orientation is 9");
    }

    @Test
    void greyStaysGrey() throws IOException {
        Picture read = PictureFile.decode(file("grey.avif")).colours();
        assertThat(read.channels()).isEqualTo(1);
        for (int x = 0; x < 64; x++) assertThat(read.at(x, 5, 0)).isCloseTo(2 * x, within(LOSS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"alpha.avif", "alpha.heic", "multiplied.avif"})
    void alphaIsKeptApartAndColoursAreNotMultipliedByIt(String name) throws IOException {
        PictureFile read = PictureFile.decode(file(name));
        assertThat(read.hasAlpha()).isTrue();
        for (int y = 0; y < 48; y += 5)
            for (int x = 0; x < 64; x++) {
                assertThat(read.alpha()[64 * y + x] & 0xFF).isCloseTo(255 - 3 * x, within(2));
                assertThat(read.colours().at(x, y, 0)).isCloseTo(2 * x, within(x < 50 ? 5 : 10));
            }
    }

    @Test
    void alphaIsLaidOverWhiteWhereColoursAloneAreWanted() throws IOException {
        Picture flat = ImageFiles.decode(file("alpha.avif"), 3);
        int alpha = 255 - 3 * 40;
        assertThat(flat.at(40, 10, 0)).isCloseTo((80 * alpha + 255 * (255 - alpha)) / 255, within(LOSS));
    }

    @Test
    void tilesMakeOnePicture() throws IOException {
        PictureFile read = PictureFile.decode(file("tiles-alpha.avif"));
        assertThat(read.colours().width()).isEqualTo(128);
        requireDrawn(read.colours(), (x, y) -> x, (x, y) -> y);
        for (int x = 0; x < 128; x++)
            assertThat(read.alpha()[128 * 100 + x] & 0xFF).isCloseTo(255 - x, within(2));
    }

    @Test
    void whatIsCutOffIsNotSeen() throws IOException {
        Picture read = ImageFiles.decode(file("cropped.avif"), 3);
        assertThat(new int[] {read.width(), read.height()}).containsExactly(40, 30);
        requireDrawn(read, (x, y) -> x + 8, (x, y) -> y + 8);
    }

    /** A quarter anticlockwise, then top and bottom exchanged: rows become columns. */
    @Test
    void turnsAndMirrorsAreDone() throws IOException {
        Picture read = ImageFiles.decode(file("turned.avif"), 3);
        assertThat(new int[] {read.width(), read.height()}).containsExactly(48, 64);
        requireDrawn(read, (x, y) -> y, (x, y) -> x);
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain.avif", "plain.heic", "tiles-alpha.avif"})
    void aFileThatEndsEarlyIsOneSentence(String name) throws IOException {
        byte[] whole = file(name);
        for (int length : new int[] {40, whole.length / 4, whole.length / 2, whole.length - 20})
            assertThatThrownBy(() -> ImageFiles.decode(Arrays.copyOf(whole, length), 3))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(IOException.class)
                    .hasMessageMatching("the (AVIF|HEIC) file is damaged or not supported: [^\n]+");
    }

    /** Pixels lie behind the tables in this file, 8 bytes later where 64 bits tell their size. */
    @Test
    void aBoxMayTellItsSizeIn64Bits() throws IOException {
        byte[] file = file("plain.avif");
        assertThat(ImageFiles.decode(wide(file, DATA), 3)).isEqualTo(ImageFiles.decode(file, 3));
        byte[] empty = wide(file, DATA);
        ByteBuffer.wrap(empty).putLong(DATA + 8, 15);
        assertThatThrownBy(() -> ImageFiles.decode(empty, 3)).hasMessageContaining("tables of pictures are damaged");
    }

    @Test
    void tablesAreThereOnce() throws IOException {
        byte[] file = file("plain.avif");
        ByteBuffer.wrap(file).put(META + 4, "free".getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> ImageFiles.decode(file, 3)).hasMessageContaining("it has no pictures");
        byte[] twice = file("plain.avif");
        ByteBuffer.wrap(twice).put(META + 16, "iloc".getBytes(StandardCharsets.US_ASCII)); // was hdlr
        assertThatThrownBy(() -> ImageFiles.decode(twice, 3)).hasMessageContaining("tables of pictures are damaged");
    }

    /** Such as one that is another, turned. */
    @Test
    void anItemMayHaveNoData() throws IOException {
        byte[] file = file("plain.avif");
        byte[] info = Arrays.copyOfRange(file, INFOS + 14, INFOS + 40);
        info[13] = 2;
        System.arraycopy("iden".getBytes(StandardCharsets.US_ASCII), 0, info, 16, 4);
        ByteBuffer more = ByteBuffer.allocate(file.length + info.length);
        more.put(file, 0, INFOS + 40).put(info).put(file, INFOS + 40, file.length - INFOS - 40);
        more.putInt(META, more.getInt(META) + info.length).putInt(INFOS, more.getInt(INFOS) + info.length);
        more.putShort(INFOS + 12, (short) 2).putInt(OFFSET, more.getInt(OFFSET) + info.length);
        assertThat(ImageFiles.decode(more.array(), 3)).isEqualTo(ImageFiles.decode(file, 3));
    }

    private static byte[] wide(byte[] file, int box) {
        ByteBuffer wide = ByteBuffer.allocate(file.length + 8).put(file, 0, box);
        int size = ByteBuffer.wrap(file).getInt(box);
        wide.putInt(1).put(file, box + 4, 4).putLong(size + 8L).put(file, box + 8, file.length - box - 8);
        return wide.putInt(OFFSET, wide.getInt(OFFSET) + 8).array();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain.avif", "tiles-alpha.avif"})
    void aPictureAboveTheLimitIsRefused(String name) {
        assertThatThrownBy(() -> ImageFiles.decode(file(name), 3, 1000))
                .isInstanceOf(UnsupportedPictureException.class)
                .hasMessageContaining("pixels are over the limit of 1000");
    }
}
