package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PngFileTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"1,1,1", "1,1,3", "256,7,1", "19,300,3"})
    void aRoundTripChangesNothing(int width, int height, int channels) throws IOException {
        Picture picture = Pictures.jumpy(width, height, channels);
        PngFile.write(folder.resolve("a.png"), picture);
        assertThat(ImageFiles.decode(folder.resolve("a.png"), channels)).isEqualTo(picture);
    }

    @Test
    void everyGreyLevelSurvives() throws IOException {
        byte[] ramp = new byte[256];
        for (int i = 0; i < 256; i++) ramp[i] = (byte) i;
        Picture decoded = ImageFiles.decode(PngFile.encode(new Picture(16, 16, 1, ramp), Map.of()), 1);
        for (int i = 0; i < 256; i++) assertThat(decoded.at(i % 16, i / 16, 0)).isEqualTo(i);
    }

    @Test
    void theTextComesBackInOrder() throws IOException {
        Map<String, String> text = new LinkedHashMap<>();
        text.put("sampler", "Ddim[steps=50, eta=0.0]");
        text.put("prompt", "ein Kätzchen \n zweite Zeile");
        text.put("caption", "写真 \uD83D\uDCF7");
        text.put("empty", "");
        PngFile.write(folder.resolve("a.png"), Pictures.jumpy(5, 4, 3), text);
        assertThat(PngFile.text(folder.resolve("a.png"))).containsExactlyEntriesOf(text);
        assertThat(ImageFiles.decode(folder.resolve("a.png"), 3)).isEqualTo(Pictures.jumpy(5, 4, 3));
    }

    @Test
    void keysThatPngForbidsAreRefused() {
        for (String key : new String[] {"", " a", "写", "a\0b", "x".repeat(80)})
            assertThatThrownBy(() -> PngFile.encode(Pictures.jumpy(1, 1, 1), Map.of(key, "v")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("1 to 79 Latin-1 characters");
    }

    @Test
    void smoothPicturesAreCompressed() {
        byte[] pixels = new byte[64 * 64];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (i % 64 + i / 64);
        assertThat(PngFile.encode(new Picture(64, 64, 1, pixels), Map.of())).hasSizeLessThan(200);
    }

    @Test
    void aFileIsReplacedWholeAndNothingElseIsLeft() throws IOException {
        Path file = folder.resolve("a.png");
        Files.writeString(file, "old");
        PngFile.write(file, Pictures.jumpy(2, 2, 1));
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
        Files.createDirectories(folder.resolve("b.png/full")); // a folder cannot be replaced by the move
        assertThatThrownBy(() -> PngFile.write(folder.resolve("b.png"), Pictures.jumpy(2, 2, 1)))
                .isInstanceOf(IOException.class);
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(file, folder.resolve("b.png"));
        }
    }

    @Test
    void aTruncatedFileHasNoText() throws IOException {
        Path file = folder.resolve("a.png");
        byte[] bytes = PngFile.encode(Pictures.jumpy(5, 4, 3), Map.of("a", "b"));
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> PngFile.text(file)).hasMessageContaining("a.png: it is truncated");
    }
}
