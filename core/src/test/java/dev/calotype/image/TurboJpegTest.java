package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.calotype.Shared;
import dev.calotype.tensor.Rng;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

class TurboJpegTest {
    private static final int SIZE = 40;

    @BeforeAll
    static void theLibraryIsThere() {
        assumeThat(Loader.getPlatform()).doesNotStartWith("windows");
    }

    @ParameterizedTest
    @CsvSource({"1,1,0.9", "2,1,0.9", "2,2,0.9", "2,2,0.3", "1,1,1"})
    void pixelsAreThoseOfTheReference(int horizontal, int vertical, float quality) throws IOException {
        for (int width = 1; width <= SIZE; width += 3)
            for (int height : new int[] {1, 2, 7, 8, 17, 33}) {
                byte[] jpeg = jpeg(Pictures.jumpy(width, height, 3), horizontal, vertical, quality);
                assertThat(TurboJpeg.decode(jpeg, width, height))
                        .as("%d x %d", width, height)
                        .isEqualTo(Jpeg.reference(jpeg, 3));
                assertThat(ImageFiles.decode(jpeg, 1)).isEqualTo(Jpeg.reference(jpeg, 1));
            }
    }

    /** libjpeg-turbo and the older libjpeg enlarge chroma of half the height in different ways. */
    @Test
    void onlyWhatEveryLibjpegReadsAlikeIsLeftToTheLibrary() throws IOException {
        Picture picture = Pictures.jumpy(SIZE, SIZE, 3);
        byte[] jpeg = jpeg(picture, 2, 2, 0.9f);
        assertThat(Jpeg.isOrdinary(jpeg)).isTrue();
        assertThat(Jpeg.isOrdinary(Arrays.copyOf(jpeg, jpeg.length - 2))).isFalse();
        assertThat(Jpeg.isOrdinary(jpeg(picture, 1, 2, 0.9f))).isFalse();
        assertThat(Jpeg.isOrdinary(jpeg(picture, 4, 1, 0.9f))).isFalse();
        for (String file : new String[] {"progressive.jpg", "grey.jpg", "cmyk.jpg"})
            assertThat(Jpeg.isOrdinary(Pictures.resource(file))).as(file).isFalse();
    }

    @Test
    void photographsAreThoseOfTheReference() throws IOException {
        try (Stream<Path> files = Files.list(Shared.path("data/bedrooms-128"))) {
            List<Path> jpegs = files.filter(file -> file.toString().endsWith(".jpg"))
                    .limit(20)
                    .toList();
            for (Path file : jpegs)
                assertThat(ImageFiles.decode(file, 3)).isEqualTo(Jpeg.reference(Files.readAllBytes(file), 3));
        }
    }

    @Test
    void aFileWithAFaultGivesNoPicture() throws IOException {
        byte[] jpeg = jpeg(Pictures.jumpy(SIZE, SIZE, 3), 2, 2, 0.9f);
        assertThat(TurboJpeg.decode(Arrays.copyOf(jpeg, jpeg.length - 40), SIZE, SIZE))
                .isNull();
        assertThat(TurboJpeg.decode(Arrays.copyOf(jpeg, 100), SIZE, SIZE)).isNull();
        assertThat(TurboJpeg.decode(jpeg, SIZE, SIZE + 1)).isNull();
        assertThat(TurboJpeg.decode(new byte[0], SIZE, SIZE)).isNull();
        assertThat(TurboJpeg.decode(Pictures.resource("grey.jpg"), 13, 9)).isNull();
    }

    @Test
    void damagedFilesAreAnsweredAsByTheReference() throws IOException {
        byte[] whole = jpeg(Pictures.jumpy(SIZE, SIZE, 3), 2, 2, 0.9f);
        Rng rng = Rng.of(1);
        for (int i = 0; i < 60; i++) {
            byte[] damaged = whole.clone();
            for (int k = 0; k < 4; k++)
                damaged[whole.length / 3 + rng.nextInt(whole.length * 2 / 3)] = (byte) (rng.nextInt(2) * 255);
            assertThat(answer(() -> ImageFiles.decode(damaged, 3)))
                    .as("damage %d", i)
                    .isEqualTo(answer(() -> Jpeg.reference(damaged, 3)));
        }
    }

    private interface Reading {
        Picture read() throws IOException;
    }

    private static Object answer(Reading reading) {
        try {
            return reading.read();
        } catch (IOException e) {
            return "refused";
        }
    }

    private static byte[] jpeg(Picture picture, int horizontal, int vertical, float quality) throws IOException {
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < picture.height(); y++)
            for (int x = 0; x < picture.width(); x++)
                image.setRGB(x, y, picture.at(x, y, 0) << 16 | picture.at(x, y, 1) << 8 | picture.at(x, y, 2));
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality(quality);
        IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(image), param);
        Node tree = metadata.getAsTree("javax_imageio_jpeg_image_1.0");
        Element luma =
                (Element) ((Element) tree).getElementsByTagName("componentSpec").item(0);
        luma.setAttribute("HsamplingFactor", String.valueOf(horizontal));
        luma.setAttribute("VsamplingFactor", String.valueOf(vertical));
        metadata.setFromTree("javax_imageio_jpeg_image_1.0", tree);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(image, null, metadata), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }
}
