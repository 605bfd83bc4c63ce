package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.io.HeapFullException;
import dev.calotype.tensor.Rng;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The resources were written by Pillow; what is expected of them by Pillow (JPEG) or by NumPy from the documented rule. */
class ImageFilesTest {
    @ParameterizedTest
    @CsvSource({
        "rgb-raw.tiff,rgb,3",
        "rgb-lzw.tiff,rgb,3",
        "rgb-deflate.tiff,rgb,3",
        "rgb-packbits.tiff,rgb,3",
        "rgb.bmp,rgb,3",
        "profile.png,rgb,3",
        "profile.png,luma,1",
        "rgb.bmp,luma,1",
        "grey.tiff,grey8,1",
        "white-is-zero.tiff,grey8,1",
        "grey16.tiff,grey16,1",
        "grey16.png,grey16,1",
        "cmyk.tiff,cmyk-tiff,3",
        "bilevel.tiff,bilevel,1",
        "bilevel-g4.tiff,bilevel,1",
        "palette.png,palette,3",
        "palette.gif,palette,3",
        "palette.bmp,palette,3",
        "palette.tiff,palette,3",
        "palette-alpha.png,palette-alpha,3",
        "transparent-colour.png,transparent-colour,3",
        "rgba.png,rgba,3",
        "rgba.tiff,rgba,3",
        "grey-alpha.png,grey-alpha,1"
    })
    void losslessFilesAreExact(String file, String expected, int channels) throws IOException {
        Picture picture = ImageFiles.decode(Pictures.resource(file), channels);
        assertThat(picture).isEqualTo(ImageFiles.decode(Pictures.resource("expected-" + expected + ".png"), channels));
    }

    @ParameterizedTest
    @CsvSource({
        "baseline.jpg,baseline,3,2", "progressive.jpg,progressive,3,2", "full.jpg,full,3,1",
        "exif-only.jpg,full,3,1", "grey.jpg,grey,1,1", "cmyk.jpg,cmyk,3,2"
    })
    void jpegIsAsFromAnotherLibjpeg(String file, String expected, int channels, int tolerance) throws IOException {
        Picture picture = ImageFiles.decode(Pictures.resource(file), channels);
        Picture other = ImageFiles.decode(Pictures.resource("expected-" + expected + ".png"), channels);
        assertThat(Pictures.largestDifference(picture, other)).isLessThanOrEqualTo(tolerance);
    }

    @Test
    void greyOfAnyFormatBecomesThreeEqualChannels() throws IOException {
        Picture grey = ImageFiles.decode(Pictures.resource("grey16.png"), 1);
        Picture rgb = ImageFiles.decode(Pictures.resource("grey16.png"), 3);
        for (int x = 0; x < grey.width(); x++)
            for (int c = 0; c < 3; c++) assertThat(rgb.at(x, 4, c)).isEqualTo(grey.at(x, 4, 0));
    }

    @Test
    void ycckIsTheTransformOfCmyk() throws IOException {
        // (C, M, Y, K) inverted = (200, 100, 50, 128): its YCC is (124.2, 86.1, 182.1)
        byte[] jpeg = jpegOfFour(2, 124, 86, 182, 128);
        Picture picture = ImageFiles.decode(jpeg, 3);
        assertThat(picture.at(3, 3, 0)).isBetween(98, 102);
        assertThat(picture.at(3, 3, 1)).isBetween(48, 52);
        assertThat(picture.at(3, 3, 2)).isBetween(23, 27);
        Picture plain = ImageFiles.decode(jpegOfFour(0, 200, 100, 50, 128), 3);
        assertThat(Pictures.largestDifference(picture, plain)).isLessThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "baseline.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "rgb-raw.tiff", "rgb-lzw.tiff",
                "bilevel-g4.tiff", "rgb-deflate.tiff", "palette.gif", "palette.bmp", "rgb.bmp", "rgba.png",
                "palette.png"
            })
    void aTruncatedFileNeverBecomesAnotherPicture(String file) throws IOException {
        byte[] whole = Pictures.resource(file);
        Picture picture = ImageFiles.decode(whole, 3);
        int refused = 0;
        for (int length = 0; length < whole.length; length++) {
            try {
                assertThat(ImageFiles.decode(Arrays.copyOf(whole, length), 3))
                        .as("%s cut to %d of %d bytes", file, length, whole.length)
                        .isEqualTo(picture);
            } catch (IOException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(whole.length / 4);
        assertThat(ImageFiles.decode(whole, 3)).isEqualTo(picture);
    }

    @Test
    void aFlippedBitInPngIsNoticed() throws IOException {
        byte[] png = Pictures.resource("rgba.png");
        png[200] ^= 4;
        assertThatThrownBy(() -> ImageFiles.decode(png, 3))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("checksum");
    }

    /** The JDK's reader tells the reason in a cause alone. */
    @Test
    void aPngWithoutPixelsIsToldWithItsReason() throws IOException {
        byte[] png = Pictures.resource("palette-alpha.png");
        png[841 + 4] ^= 0x20; // the name of IDAT: a chunk that no reader must know
        CRC32 crc = new CRC32();
        crc.update(png, 841 + 4, 73 + 4);
        ByteBuffer.wrap(png).putInt(841 + 8 + 73, (int) crc.getValue());
        assertThatThrownBy(() -> ImageFiles.decode(png, 3))
                .isInstanceOf(IOException.class)
                .message()
                .doesNotEndWith(": ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"baseline.jpg", "rgb-raw.tiff", "palette.gif", "rgb.bmp", "rgba.png"})
    void sizesOverTheLimitAreRefused(String file) throws IOException {
        byte[] bytes = Pictures.resource(file);
        assertThatThrownBy(() -> ImageFiles.decode(bytes, 3, 13 * 9 - 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("13 x 9 pixels are over the limit of 116");
        assertThat(ImageFiles.decode(bytes, 3, 13 * 9).width()).isEqualTo(13);
    }

    @Test
    void aHugePromiseIsRefusedBeforeItIsAllocated() throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.write(PngChunks.SIGNATURE);
        byte[] header = ByteBuffer.allocate(13)
                .putInt(2_000_000_000)
                .putInt(2_000_000_000)
                .put((byte) 8)
                .array();
        PngChunks.write(new DataOutputStream(png), "IHDR", header);
        PngChunks.write(new DataOutputStream(png), "IDAT", new byte[9]);
        PngChunks.write(new DataOutputStream(png), "IEND", new byte[0]);
        assertThatThrownBy(() -> ImageFiles.decode(png.toByteArray(), 3)).hasMessageContaining("over the limit");
        byte[] jpeg = Pictures.resource("baseline.jpg");
        int frame = indexOf(jpeg, 0xFF, 0xC0);
        Arrays.fill(jpeg, frame + 5, frame + 9, (byte) 0xFF);
        assertThatThrownBy(() -> ImageFiles.decode(jpeg, 3)).hasMessageContaining("65535 x 65535");
        Arrays.fill(jpeg, frame + 5, frame + 9, (byte) 0);
        assertThatThrownBy(() -> ImageFiles.decode(jpeg, 3)).hasMessageContaining("0 x 0 pixels");
    }

    @Test
    void aTiffThatWouldAllocateMoreThanItsPictureIsRefused() throws IOException {
        byte[] deep = Pictures.resource("rgb-raw.tiff");
        deep[136] = 30; // the second of its three BitsPerSample
        assertThatThrownBy(() -> ImageFiles.decode(deep, 3))
                .hasMessageContaining("samples of 30 bits, 1, 2, 4, 8, 16 or 32");
        byte[] jpeg = Pictures.resource("rgb-raw.tiff");
        jpeg[54] = 7; // Compression
        assertThatThrownBy(() -> ImageFiles.decode(jpeg, 3))
                .hasMessageContaining("its pixels are packed by JPEG, which is not read");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "baseline.jpg",
                "progressive.jpg",
                "cmyk.jpg",
                "rgb-raw.tiff",
                "rgb-lzw.tiff",
                "palette.tiff",
                "palette.gif",
                "palette.bmp",
                "rgba.png"
            })
    void aDamagedFileIsAPictureOrAnIOException(String file) throws IOException {
        byte[] whole = Pictures.resource(file);
        Rng rng = Rng.of(file.hashCode());
        for (int i = 0; i < 150; i++) {
            byte[] damaged = whole.clone();
            for (int k = 0; k < 3; k++) damaged[rng.nextInt(whole.length)] = (byte) rng.nextInt(256);
            try {
                assertThat(ImageFiles.decode(damaged, 3, 1_000_000)).isNotNull();
            } catch (IOException e) {
                assertThat(e)
                        .hasMessageMatching(
                                "(?s)(the \\w+ file is damaged or not supported|this \\w+ file is not supported|this is not|the file is empty).*");
            }
        }
        assertThat(ImageFiles.decode(whole, 3).width()).isEqualTo(13);
    }

    @Test
    void aTiffThatPointsOutsideItselfIsRefused() throws IOException {
        byte[] tiff = Pictures.resource("rgb-raw.tiff");
        tiff[41] = 1; // 2^24 BitsPerSample
        assertThatThrownBy(() -> ImageFiles.decode(tiff, 3)).hasMessageContaining("it points to byte");
    }

    @Test
    void threeComponentsWithoutNamesAreYcc() throws IOException {
        byte[] jpeg = Pictures.resource("exif-only.jpg");
        int frame = indexOf(jpeg, 0xFF, 0xC0);
        int scan = indexOf(jpeg, 0xFF, 0xDA);
        for (int c = 0; c < 3; c++) {
            jpeg[frame + 10 + 3 * c] = (byte) c; // 0, 1, 2 instead of the usual 1, 2, 3
            jpeg[scan + 5 + 2 * c] = (byte) c;
        }
        Picture expected = ImageFiles.decode(Pictures.resource("expected-full.png"), 3);
        assertThat(Pictures.largestDifference(ImageFiles.decode(jpeg, 3), expected))
                .isLessThanOrEqualTo(1);
    }

    @Test
    void anythingElseIsRefusedInOneSentenceThatNamesTheFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("picture.png");
        Files.write(file, "<svg/>".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> ImageFiles.decode(file, 3))
                .isInstanceOf(IOException.class)
                .isInstanceOf(UnsupportedPictureException.class)
                .hasMessage(file + ": SVG pictures are not read: convert them to PNG or JPEG");
        Files.write(file, new byte[] {1, 2, 3});
        assertThatThrownBy(() -> ImageFiles.decode(file, 3))
                .isInstanceOf(IOException.class)
                .hasMessage(file
                        + ": this is not a file of a kind of picture that is known (3 bytes); PNG, JPEG, GIF, WebP, AVIF,"
                        + " HEIC, BMP and TIFF are read");
        Files.write(file, new byte[0]);
        assertThatThrownBy(() -> ImageFiles.decode(file, 3)).hasMessage(file + ": the file is empty");
        byte[] png = PngFile.encode(Pictures.jumpy(3, 2, 3), Map.of());
        assertThatThrownBy(() -> ImageFiles.decode(png, 2)).hasMessageContaining("channels must be 1 (grey) or 3");
    }

    @Test
    void theContentDecidesNotTheExtension(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("picture.jpg");
        Files.write(file, Pictures.resource("palette.gif"));
        assertThat(ImageFiles.decode(file, 3).width()).isEqualTo(13);
    }

    /** A JPEG of one colour with four components as they are and an Adobe marker. */
    private static byte[] jpegOfFour(int transform, int... colour) throws IOException {
        var raster = Raster.createInterleavedRaster(0, 16, 16, 4, null);
        for (int y = 0; y < 16; y++) for (int x = 0; x < 16; x++) raster.setPixel(x, y, colour);
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("jpeg");
        ImageWriter writer = writers.next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality(1);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(raster, null, null), param);
        } finally {
            writer.dispose();
        }
        byte[] plain = bytes.toByteArray();
        ByteArrayOutputStream marked = new ByteArrayOutputStream();
        marked.write(plain, 0, 2);
        marked.write(new byte[] {
            (byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform
        });
        marked.write(plain, 2, plain.length - 2);
        return marked.toByteArray();
    }

    private static int indexOf(byte[] bytes, int first, int second) {
        for (int i = 0; i + 1 < bytes.length; i++)
            if ((bytes[i] & 0xFF) == first && (bytes[i + 1] & 0xFF) == second) return i;
        throw new IllegalArgumentException("no marker " + second);
    }

    @Test
    void aPictureThatTheHeapHasNoRoomForIsRefusedInOneSentence() {
        assertThatThrownBy(() -> ImageFiles.withinHeap(() -> new long[Integer.MAX_VALUE - 8]))
                .isInstanceOf(HeapFullException.class)
                .hasMessageMatching(
                        "a picture needs more memory than is left of the Java heap of \\d+ MB: give Java more by -Xmx");
    }

    @Test
    void whatIsTakenFromAnImageDoesNotChangeWithIt() {
        BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
        Picture taken = Picture.of(image, 1);
        image.getRaster().setSample(0, 0, 0, 200);
        assertThat(taken.at(0, 0, 0)).isZero();
    }

    @Test
    void aPictureOfMoreScansThanEncodersWriteIsNotRead() throws IOException {
        byte[] file = Pictures.resource("progressive.jpg");
        assertThat(ImageFiles.decode(withLastScanRepeated(file, 1), 3)).isEqualTo(ImageFiles.decode(file, 3));
        assertThatThrownBy(() -> ImageFiles.decode(withLastScanRepeated(file, 200), 3))
                .isInstanceOf(UnsupportedPictureException.class)
                .hasMessageMatching(
                        "this JPEG file is not supported: 2\\d\\d scans of \\d+ x \\d+ pixels, at most 100 are read");
    }

    @Test
    void aMarkerWithoutALengthHidesNoScans() throws IOException {
        byte[] many = withLastScanRepeated(Pictures.resource("progressive.jpg"), 200);
        int last = many.length - 2;
        for (int scans = 0; scans < 200; last--)
            if (many[last] == (byte) 0xFF && many[last + 1] == (byte) 0xDA) scans++;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(many, 0, last + 1);
        out.writeBytes(new byte[] {(byte) 0xFF, 0x01, (byte) 0xFF, (byte) 0xFF});
        out.write(many, last + 1, many.length - last - 1);
        assertThatThrownBy(() -> ImageFiles.decode(out.toByteArray(), 3))
                .isInstanceOf(UnsupportedPictureException.class)
                .hasMessageContaining(" scans of ");
    }

    private static byte[] withLastScanRepeated(byte[] file, int times) {
        int last = file.length - 2;
        while (file[last] != (byte) 0xFF || file[last + 1] != (byte) 0xDA) last--;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(file, 0, last);
        for (int i = 0; i < times; i++) out.write(file, last, file.length - 2 - last);
        out.write(file, file.length - 2, 2);
        return out.toByteArray();
    }
}
