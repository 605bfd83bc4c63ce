package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureFileTest {
    private static final byte[] RGB =
            ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    private static final byte[] GREY =
            ICC_Profile.getInstance(ColorSpace.CS_GRAY).getData();

    @ParameterizedTest
    @CsvSource({"1,1,1", "1,1,3", "37,5,1", "8,19,3"})
    void aRoundTripKeepsColoursAlphaAndProfile(int width, int height, int channels) throws IOException {
        byte[] alpha = Pictures.jumpy(height, width, 1).pixels();
        PictureFile file = new PictureFile(Pictures.jumpy(width, height, channels), alpha, channels == 1 ? GREY : RGB);
        assertThat(PictureFile.decode(PngFile.encode(file, Map.of("a", "b")))).isEqualTo(file);
        assertThat(file.opaque()).isEqualTo(new PictureFile(file.colours(), PictureFile.NONE, file.profile()));
        PictureFile plain = PictureFile.of(Pictures.jumpy(width, height, channels));
        assertThat(PictureFile.decode(PngFile.encode(plain, Map.of()))).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rgba.png", "grey-alpha.png"})
    void alphaIsThatOfAnotherReaderAndColoursAreNotLaidOverWhite(String name) throws IOException {
        byte[] bytes = Pictures.resource(name);
        PictureFile file = PictureFile.decode(bytes);
        WritableRaster stored = ImageIO.read(new ByteArrayInputStream(bytes)).getRaster();
        int channels = stored.getNumBands() - 1;
        assertThat(file.colours().channels()).isEqualTo(channels);
        int different = 0;
        Picture flat = ImageFiles.decode(bytes, channels);
        for (int y = 0; y < stored.getHeight(); y++)
            for (int x = 0; x < stored.getWidth(); x++) {
                assertThat(file.alpha()[y * stored.getWidth() + x] & 0xFF).isEqualTo(stored.getSample(x, y, channels));
                for (int c = 0; c < channels; c++) {
                    assertThat(file.colours().at(x, y, c)).isEqualTo(stored.getSample(x, y, c));
                    if (flat.at(x, y, c) != file.colours().at(x, y, c)) different++;
                }
            }
        assertThat(different).isPositive();
    }

    @Test
    void aWriterOfOthersReadsWhatIsWritten() throws IOException {
        PictureFile file =
                new PictureFile(Pictures.jumpy(6, 4, 3), Pictures.jumpy(6, 4, 1).pixels(), RGB);
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(PngFile.encode(file, Map.of())));
        assertThat(read.getColorModel().hasAlpha()).isTrue();
        assertThat(read.getRaster().getSample(3, 2, 3)).isEqualTo(file.alpha()[2 * 6 + 3] & 0xFF);
        assertThat(read.getRaster().getSample(3, 2, 1)).isEqualTo(file.colours().at(3, 2, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "grey16.png,1",
        "grey.jpg,1",
        "cmyk.jpg,3",
        "baseline.jpg,3",
        "palette.gif,3",
        "palette.bmp,3",
        "rgb-lzw.tiff,3"
    })
    void greyStaysGreyAndTheRestIsColour(String name, int channels) throws IOException {
        byte[] bytes = Pictures.resource(name);
        PictureFile file = PictureFile.decode(bytes);
        assertThat(file.colours()).isEqualTo(ImageFiles.decode(bytes, channels));
        assertThat(file.hasAlpha()).isFalse();
    }

    @Test
    void theProfileOfAJpegComesFromItsPartsInOrder() throws IOException {
        byte[] jpeg = Pictures.resource("baseline.jpg");
        int half = RGB.length / 2;
        ByteArrayOutputStream marked = new ByteArrayOutputStream();
        marked.write(jpeg, 0, 2);
        marked.writeBytes(part(2, Arrays.copyOfRange(RGB, half, RGB.length)));
        marked.writeBytes(part(1, Arrays.copyOf(RGB, half)));
        marked.write(jpeg, 2, jpeg.length - 2);
        PictureFile file = PictureFile.decode(marked.toByteArray());
        assertThat(file.profile()).isEqualTo(RGB);
        assertThat(file.colours()).isEqualTo(ImageFiles.decode(jpeg, 3));
    }

    /** The letter F, which no turn or mirror leaves alone, as the eight orientations store it (Exif 2.3, figure 4.6.4). */
    @ParameterizedTest
    @CsvSource({
        "1,##.|#..|##.|#..", "2,.##|..#|.##|..#", "3,..#|.##|..#|.##", "4,#..|##.|#..|##.",
        "5,####|#.#.|....", "6,....|#.#.|####", "7,....|.#.#|####", "8,####|.#.#|...."
    })
    void whatACameraTookOnItsSideIsTurned(int orientation, String stored) throws IOException {
        String[] rows = stored.split("\\|");
        byte[] pixels = new byte[12];
        for (int i = 0; i < 12; i++)
            pixels[i] = (byte) (rows[i / rows[0].length()].charAt(i % rows[0].length()) == '#' ? 255 : 0);
        Picture lying = new Picture(rows[0].length(), rows.length, 1, pixels);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.write(PngChunks.SIGNATURE);
        byte[] whole = PngFile.encode(new PictureFile(lying, pixels, PictureFile.NONE), Map.of());
        PngChunks.walk(whole, (type, from, length) -> {
            if (type.equals("IDAT")) PngChunks.write(new java.io.DataOutputStream(png), "eXIf", exif(orientation));
            png.write(whole, from - 8, length + 12);
        });
        PictureFile upright = PictureFile.decode(png.toByteArray());
        StringBuilder seen = new StringBuilder();
        for (int y = 0; y < upright.colours().height(); y++) {
            for (int x = 0; x < upright.colours().width(); x++)
                seen.append(upright.colours().at(x, y, 0) == 0 ? '.' : '#');
            seen.append('|');
        }
        assertThat(seen).hasToString("##.|#..|##.|#..|");
        assertThat(upright.alpha()).isEqualTo(upright.colours().pixels());
        assertThat(ImageFiles.decode(png.toByteArray(), 1).width())
                .isEqualTo(upright.colours().width());
    }

    private static byte[] exif(int orientation) {
        return new byte[] {
            'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte) orientation, 0, 0, 0, 0, 0, 0, 0
        };
    }

    @Test
    void theOrientationOfAJpegIsInItsExifSegment() throws IOException {
        byte[] jpeg = Pictures.resource("baseline.jpg");
        ByteArrayOutputStream marked = new ByteArrayOutputStream();
        marked.write(jpeg, 0, 2);
        byte[] exif = exif(6);
        marked.write(new byte[] {(byte) 0xFF, (byte) 0xE1, 0, (byte) (8 + exif.length), 'E', 'x', 'i', 'f', 0, 0});
        marked.write(exif);
        marked.write(jpeg, 2, jpeg.length - 2);
        Picture plain = PictureFile.decode(jpeg).colours();
        Picture turned = PictureFile.decode(marked.toByteArray()).colours();
        assertThat(turned.width()).isEqualTo(plain.height());
        assertThat(ImageFiles.decode(marked.toByteArray(), 3))
                .as("one rule, whoever reads it")
                .isEqualTo(turned);
        assertThat(turned.at(plain.height() - 1, 0, 1))
                .as("the upper left goes to the upper right")
                .isEqualTo(plain.at(0, 0, 1));
        marked.reset();
        marked.writeBytes(jpeg);
        assertThat(PictureFile.decode(marked.toByteArray()).colours()).isEqualTo(plain);
    }

    private static byte[] part(int number, byte[] data) {
        ByteArrayOutputStream segment = new ByteArrayOutputStream();
        int length = 2 + 12 + 2 + data.length;
        segment.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xE2, (byte) (length >> 8), (byte) length});
        segment.writeBytes("ICC_PROFILE\0".getBytes(StandardCharsets.ISO_8859_1));
        segment.writeBytes(new byte[] {(byte) number, 2});
        segment.writeBytes(data);
        return segment.toByteArray();
    }

    @Test
    void aTiffIsReadWithItsProfile() throws IOException {
        ColorModel model = new ComponentColorModel(
                new ICC_ColorSpace(ICC_Profile.getInstance(RGB)), false, false, 1, DataBuffer.TYPE_BYTE);
        WritableRaster raster = model.createCompatibleWritableRaster(5, 3);
        raster.setPixel(2, 1, new int[] {255, 128, 1});
        ByteArrayOutputStream tiff = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(model, raster, false, null), "tiff", tiff);
        PictureFile file = PictureFile.decode(tiff.toByteArray());
        assertThat(file.colours().at(2, 1, 0)).isEqualTo(255);
        assertThat(file.colours().at(2, 1, 1)).isEqualTo(128);
        assertThat(file.colours().at(2, 1, 2)).isEqualTo(1);
        assertThat(file.profile()).isEqualTo(RGB);
    }

    @Test
    void aProfileThatDoesNotFitOrIsDamagedIsLeftOut() throws IOException {
        Picture grey = Pictures.jumpy(3, 3, 1);
        assertThat(PictureFile.decode(PngFile.encode(new PictureFile(grey, PictureFile.NONE, RGB), Map.of()))
                        .profile())
                .isEmpty();
        PictureFile cut = new PictureFile(grey, PictureFile.NONE, Arrays.copyOf(GREY, GREY.length - 1));
        assertThat(PictureFile.decode(PngFile.encode(cut, Map.of())).profile()).isEmpty();
        PictureFile whole = new PictureFile(grey, PictureFile.NONE, GREY);
        assertThat(whole.with(grey).profile()).isEqualTo(GREY);
        assertThat(whole.with(Pictures.jumpy(3, 3, 3)).profile()).isEmpty();
    }

    @Test
    void aDamagedFileIsOneSentence(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.png");
        byte[] bytes = Pictures.resource("rgba.png");
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> PictureFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": the PNG file is damaged or not supported: it is truncated");
    }
}
