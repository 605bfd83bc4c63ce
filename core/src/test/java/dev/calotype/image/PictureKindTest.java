package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureKindTest {
    @ParameterizedTest
    @CsvSource({
        "a.JFIF,JPEG",
        "a.jpe,JPEG",
        "a.jif,JPEG",
        "a.pjpeg,JPEG",
        "a.b.tif,TIFF",
        "a.dng,RAW",
        "a.avif,AVIF",
        "a.heic,HEIC",
        "a.jxl,JPEG_XL",
        "a.jp2,JPEG_2000",
        "a.psd,PHOTOSHOP",
        "a.svg,SVG",
        "a.webp,WEBP"
    })
    void theEndOfANamePromisesAKind(String name, PictureKind kind) {
        assertThat(PictureKind.ofName(name)).contains(kind);
    }

    @ParameterizedTest
    @CsvSource({"jpg", "a.txt", "a.jpg.json", "a.", "png/a"})
    void otherNamesPromiseNone(String name) {
        assertThat(PictureKind.ofName(name)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"baseline.jpg,JPEG", "rgba.png,PNG", "palette.gif,GIF", "palette.bmp,BMP", "rgb-raw.tiff,TIFF"})
    void contentTellsTheKind(String name, PictureKind kind) throws IOException {
        assertThat(PictureKind.ofContent(Pictures.resource(name))).contains(kind);
    }

    /** {@code _} stands for a zero byte. */
    @ParameterizedTest
    @CsvSource({
        "___ ftypavif____,AVIF",
        "____ftypmif1____avifmiaf,AVIF",
        "____ftypmif1____heicmiaf,HEIC",
        "____ftypheic____,HEIC",
        "____ftypcrx ____,RAW",
        "8BPS_,PHOTOSHOP",
        "RIFF____WEBPVP8 ,WEBP",
        "<svg,SVG",
        "'<?xml version=\"1.0\"?>\n<svg>',SVG",
        "P6 1 1 255,NETPBM",
        "II*_\u0010___CR,RAW",
        "II+_,TIFF",
        "MM_+,TIFF"
    })
    void kindsAreKnownByTheirFirstBytes(String head, PictureKind kind) {
        byte[] bytes = head.replace('_', '\0').getBytes(StandardCharsets.ISO_8859_1);
        if (head.contains("ftyp")) bytes[3] = (byte) bytes.length;
        assertThat(PictureKind.ofContent(bytes)).contains(kind);
    }

    @Test
    void otherContentIsNone() {
        for (String head : new String[] {"", "<?xml?><html>", "RIFF____WAVE", "____ftypisom____", "P6x", "PK"})
            assertThat(PictureKind.ofContent(head.getBytes(StandardCharsets.ISO_8859_1)))
                    .as(head)
                    .isEmpty();
    }

    @Test
    void aKindThatIsNotReadIsNamedWithTheWayOut() {
        byte[] photoshop = "8BPS\0\u0001".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> ImageFiles.decode(photoshop, 3))
                .isInstanceOf(UnsupportedPictureException.class)
                .hasMessage("Photoshop pictures are not read: convert them to PNG or JPEG");
    }
}
