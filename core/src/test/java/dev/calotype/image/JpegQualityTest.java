package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JpegQualityTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {5, 20, 50, 75, 95})
    void theQualityThatAWriterWasGivenIsRead(int quality) throws IOException {
        Path file = folder.resolve("a.jpg");
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam param = writer.getDefaultWriteParam();
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality(quality / 100f);
        try (var out = ImageIO.createImageOutputStream(file.toFile())) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB), null, null), param);
        } finally {
            writer.dispose();
        }
        assertThat(JpegQuality.of(file)).isBetween(quality - 1, quality + 1);
    }

    @Test
    void anotherFileHasNone() throws IOException {
        Path file = Files.write(folder.resolve("a.png"), Pictures.resource("rgba.png"));
        assertThat(JpegQuality.of(file)).isZero();
    }
}
