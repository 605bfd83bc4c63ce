package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Shared;
import dev.calotype.image.Resize.Filter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResizeTest {
    @ParameterizedTest
    @CsvSource({
        "denoising/F16_GT,BICUBIC",
        "denoising/F16_GT,BILINEAR",
        "denoising/F16_GT,LANCZOS",
        "sr/zebra_GT,BICUBIC",
        "sr/zebra_GT,BILINEAR",
        "sr/zebra_GT,LANCZOS"
    })
    void photographsComeOutAsFromPillow(String name, Filter filter) throws IOException {
        Picture original = ImageFiles.decode(Shared.path("data/dip-images/" + name + ".png"), 3);
        String suffix = "_97x61_" + filter.name().toLowerCase(Locale.ROOT) + ".png";
        String file = name.substring(name.indexOf('/') + 1) + suffix;
        Picture expected = ImageFiles.decode(Shared.path("fixtures/metrics/" + file), 3);
        assertThat(Resize.to(original, 97, 61, filter)).isEqualTo(expected);
    }

    @Test
    void smallPicturesComeOutAsFromPillow() throws IOException {
        String golden = new String(Pictures.resource("resize-pillow.txt"), StandardCharsets.US_ASCII);
        List<String> lines = golden.lines().skip(1).toList();
        assertThat(lines).hasSize(28);
        for (String line : lines) {
            String[] part = line.split(" ");
            int channels = Integer.parseInt(part[0]);
            int width = Integer.parseInt(part[2]);
            int height = Integer.parseInt(part[3]);
            Picture resized = Resize.to(Pictures.jumpy(23, 17, channels), width, height, Filter.valueOf(part[1]));
            assertThat(resized)
                    .as(line.substring(0, 20))
                    .isEqualTo(
                            new Picture(width, height, channels, HexFormat.of().parseHex(part[4])));
        }
    }

    @ParameterizedTest
    @CsvSource({"23,17,9", "17,23,9", "23,17,17", "24,17,40", "8,8,8", "1,40,3"})
    void coveringIsResizingThenCutting(int width, int height, int size) {
        Picture picture = Pictures.jumpy(width, height, 3);
        int shorter = Math.min(width, height);
        int fullWidth = Math.round((float) width * size / shorter);
        int fullHeight = Math.round((float) height * size / shorter);
        Picture full = Resize.to(picture, fullWidth, fullHeight, Filter.BICUBIC);
        Picture cover = Resize.cover(picture, size);
        assertThat(cover.width()).isEqualTo(size);
        assertThat(cover.height()).isEqualTo(size);
        for (int y = 0; y < size; y++)
            for (int x = 0; x < size; x++)
                assertThat(cover.at(x, y, 1))
                        .isEqualTo(full.at(x + (fullWidth - size) / 2, y + (fullHeight - size) / 2, 1));
    }

    /** Larger than the tiles that a picture is worked on in. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void everyRowIsResizedAsIfItWereAlone(int channels) {
        Picture picture = Pictures.jumpy(300, 600, channels);
        Picture resized = Resize.to(picture, 41, 600, Filter.BICUBIC);
        for (int y = 0; y < 600; y++)
            assertThat(part(resized, 0, y, 41, 1))
                    .as("row %d", y)
                    .isEqualTo(Resize.to(part(picture, 0, y, 300, 1), 41, 1, Filter.BICUBIC));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void everyColumnIsResizedAsIfItWereAlone(int channels) {
        Picture picture = Pictures.jumpy(600, 300, channels);
        Picture resized = Resize.to(picture, 600, 41, Filter.BICUBIC);
        for (int x = 0; x < 600; x++)
            assertThat(part(resized, x, 0, 1, 41))
                    .as("column %d", x)
                    .isEqualTo(Resize.to(part(picture, x, 0, 1, 300), 1, 41, Filter.BICUBIC));
    }

    private static Picture part(Picture picture, int left, int top, int width, int height) {
        int channels = picture.channels();
        byte[] pixels = new byte[width * height * channels];
        for (int y = 0; y < height; y++)
            System.arraycopy(
                    picture.pixels(),
                    ((top + y) * picture.width() + left) * channels,
                    pixels,
                    y * width * channels,
                    width * channels);
        return new Picture(width, height, channels, pixels);
    }

    @ParameterizedTest
    @EnumSource(Filter.class)
    void aConstantStaysConstant(Filter filter) {
        byte[] pixels = new byte[31 * 29];
        Arrays.fill(pixels, (byte) 200);
        byte[] resized =
                Resize.to(new Picture(31, 29, 1, pixels), 12, 50, filter).pixels();
        for (byte value : resized) assertThat(value & 0xFF).isEqualTo(200);
    }

    @Test
    void theSameSizeIsTheSamePicture() {
        Picture picture = Pictures.jumpy(9, 9, 3);
        assertThat(Resize.to(picture, 9, 9, Filter.LANCZOS)).isSameAs(picture);
        assertThat(Resize.cover(picture, 9)).isSameAs(picture);
        assertThatThrownBy(() -> Resize.to(picture, 0, 9, Filter.BOX)).hasMessageContaining("0 x 9");
        assertThatThrownBy(() -> Resize.cover(picture, 0)).hasMessageContaining("size must be at least 1: 0");
    }
}
