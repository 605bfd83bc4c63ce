package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureFormatTest {
    private static final Map<String, String> TEXT = Map.of("recipe", "a <b> & ü\nsteps: 3");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"a.png", "a.PNG", "a.webp", "a.tif", "a.TIFF"})
    void whatIsWrittenWithoutLossIsReadAgain(String name) throws IOException {
        Picture picture = gradient(37, 23, 3);
        PictureFormat.write(folder.resolve(name), picture, TEXT);
        assertThat(ImageFiles.decode(folder.resolve(name), 3)).isEqualTo(picture);
    }

    @ParameterizedTest
    @CsvSource({"a.png, PNG", "a.jpg, JPEG", "a.JPEG, JPEG", "a.webp, WEBP", "a.tif, TIFF"})
    void theEndOfTheNameIsWhatTheContentIs(String name, PictureKind kind) throws IOException {
        PictureFormat.write(folder.resolve(name), gradient(20, 10, 3), Map.of());
        byte[] content = Files.readAllBytes(folder.resolve(name));
        assertThat(PictureKind.ofContent(content)).contains(kind);
    }

    @Test
    void aJpegIsNearToThePictureAndGreyStaysGrey() throws IOException {
        Picture grey = gradient(40, 30, 1);
        Path file = folder.resolve("grey.jpg");
        PictureFormat.write(file, grey, TEXT);
        Picture read = PictureFile.read(file).colours();
        assertThat(read.channels()).isEqualTo(1);
        for (int i = 0; i < grey.pixels().length; i++)
            assertThat(read.pixels()[i] & 0xFF).isBetween((grey.pixels()[i] & 0xFF) - 8, (grey.pixels()[i] & 0xFF) + 8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.png", "a.webp", "a.tiff"})
    void alphaAndProfileAreKept(String name) throws IOException {
        byte[] alpha = new byte[24 * 11];
        for (int i = 0; i < alpha.length; i++) alpha[i] = (byte) (1 + i % 255);
        PictureFile picture = new PictureFile(gradient(24, 11, 3), alpha, profile());
        PictureFormat.write(folder.resolve(name), picture, TEXT);
        assertThat(PictureFile.read(folder.resolve(name))).isEqualTo(picture);
    }

    @Test
    void aJpegKeepsTheProfile() throws IOException {
        PictureFile picture = new PictureFile(gradient(24, 11, 3), new byte[0], profile());
        PictureFormat.write(folder.resolve("a.jpg"), picture, TEXT);
        assertThat(PictureFile.read(folder.resolve("a.jpg")).profile()).isEqualTo(profile());
    }

    @ParameterizedTest
    @CsvSource({"a.jpg, recipe: a <b> & ü", "a.webp, recipe: a &lt;b> &amp; ü", "a.tif, recipe: a <b> & ü"})
    void textsAreInTheFile(String name, String expected) throws IOException {
        PictureFormat.write(folder.resolve(name), gradient(24, 11, 3), TEXT);
        assertThat(Files.readString(folder.resolve(name), StandardCharsets.ISO_8859_1))
                .contains(new String(expected.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
    }

    @Test
    void jpegWithTransparencyIsRefused() {
        PictureFile picture = new PictureFile(gradient(4, 4, 3), new byte[16], PictureFile.NONE);
        assertThatThrownBy(() -> PictureFormat.write(folder.resolve("a.jpg"), picture, Map.of()))
                .hasMessageContaining("JPEG holds no transparency");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aPictureTooWideForTheFormatIsRefused() {
        assertThatThrownBy(() -> PictureFormat.WEBP.requireFits(16_384, 2, false))
                .hasMessage("a WebP picture has at most 16383 pixels a side, take .png: 16384 x 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.gif", "a.bmp", "a", "png", "a.png.avif"})
    void otherEndsAreRefused(String name) {
        assertThatThrownBy(() -> PictureFormat.of(Path.of(name)))
                .hasMessage("a picture is written to .png, .jpg, .jpeg, .webp, .tif or .tiff: " + name);
    }

    private static byte[] profile() {
        byte[] profile = new byte[70_000];
        profile[1] = 1;
        profile[2] = 0x11;
        profile[3] = 0x70;
        System.arraycopy("RGB ".getBytes(StandardCharsets.ISO_8859_1), 0, profile, 16, 4);
        System.arraycopy("acsp".getBytes(StandardCharsets.ISO_8859_1), 0, profile, 36, 4);
        return profile;
    }

    private static Picture gradient(int width, int height, int channels) {
        byte[] pixels = new byte[width * height * channels];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (i * 200L / pixels.length);
        return new Picture(width, height, channels, pixels);
    }
}
