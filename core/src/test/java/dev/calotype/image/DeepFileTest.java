package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeepFileTest {
    @TempDir
    private Path folder;

    /** Values over all of the range, whose low bytes count. */
    private static DeepPicture jumpy(int width, int height, int channels) {
        short[] samples = new short[width * height * channels];
        for (int i = 0; i < samples.length; i++) samples[i] = (short) (i * 40503 + i / 7);
        return new DeepPicture(width, height, channels, samples);
    }

    private static byte[] profile(String colours) {
        byte[] profile = new byte[300];
        profile[2] = 1;
        profile[3] = 44;
        System.arraycopy(colours.getBytes(StandardCharsets.ISO_8859_1), 0, profile, 16, 4);
        System.arraycopy("acsp".getBytes(StandardCharsets.ISO_8859_1), 0, profile, 36, 4);
        return profile;
    }

    @ParameterizedTest
    @CsvSource({"a.png,1,0", "a.png,3,0", "a.png,1,1", "a.png,3,1", "a.tif,1,0", "a.tif,3,0", "a.tif,1,1", "a.tif,3,1"})
    void sixteenBitsAlphaAndProfileAreKeptToTheBit(String name, int channels, int alpha) throws IOException {
        short[] transparency = alpha == 0 ? new short[0] : jumpy(37, 23, 1).samples();
        DeepFile file = new DeepFile(jumpy(37, 23, channels), transparency, profile(channels == 1 ? "GRAY" : "RGB "));
        PictureFormat.write(folder.resolve(name), file, Map.of("method", "none"));
        assertThat(DeepFile.read(folder.resolve(name))).contains(file);
        assertThat(PictureFile.read(folder.resolve(name))).isEqualTo(file.coarse());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.png", "a.tif"})
    void whatIsLargeIsWrittenInBandsThatMakeOneStream(String name) throws IOException {
        DeepFile file = new DeepFile(jumpy(700, 650, 3), new short[0], PictureFile.NONE); // 2.7 MB
        PictureFormat.write(folder.resolve(name), file, Map.of());
        assertThat(DeepFile.read(folder.resolve(name))).contains(file);
        Picture coarse = Pictures.jumpy(1201, 997, 3);
        PictureFormat.write(folder.resolve(name), coarse, Map.of());
        assertThat(ImageFiles.decode(folder.resolve(name), 3)).isEqualTo(coarse);
        assertThat(DeepFile.read(folder.resolve(name))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.jpg", "a.webp"})
    void otherFormatsHoldEightBits(String name) throws IOException {
        DeepFile file = new DeepFile(jumpy(20, 10, 3), new short[0], PictureFile.NONE);
        PictureFormat.write(folder.resolve(name), file, Map.of());
        assertThat(DeepFile.read(folder.resolve(name))).isEmpty();
        assertThat(PictureFile.read(folder.resolve(name)).colours().width()).isEqualTo(20);
    }

    /** Resources of {@link TiffTest}: of 16 bits, of 32, in floating point, each 8-bit value repeated or divided by 255. */
    @ParameterizedTest
    @CsvSource({
        "rgb-u16-lzw-predictor,3",
        "rgb-u16-planar-predictor,3",
        "grey-u16-deflate-predictor-big-endian,1",
        "white-is-zero-u16,1",
        "grey-f32,1",
        "rgb-u32,3",
        "rgb-f16-predictor,3",
        "rgb-f32-predictor,3",
        "rgb-f64-predictor,3",
        "rgb-u16-associated,3"
    })
    void tiffOfMoreThanEightBitsIsReadInSixteen(String name, int channels) throws IOException {
        DeepFile file =
                DeepFile.decode(Pictures.resource("tiff/" + name + ".tif")).orElseThrow();
        Picture jumpy = Pictures.jumpy(13, 9, channels);
        for (int i = 0; i < jumpy.pixels().length; i++) {
            int expected = (jumpy.pixels()[i] & 0xFF) * 257;
            int tolerance = name.contains("f16") ? 16 : name.contains("associated") ? 2 : 0;
            assertThat(file.colours().samples()[i] & 0xFFFF).isBetween(expected - tolerance, expected + tolerance);
        }
        assertThat(file.hasAlpha()).isEqualTo(name.contains("associated"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rgb-u8-lzw-predictor", "cmyk-u16-extra", "palette"})
    void whatIsConvertedOrHasEightBitsIsNotDeep(String name) throws IOException {
        assertThat(DeepFile.decode(Pictures.resource("tiff/" + name + ".tif"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void aDeepPictureIsTurnedAsAnOtherIs(int orientation) throws IOException {
        DeepFile file = new DeepFile(jumpy(5, 3, 3), jumpy(5, 3, 1).samples(), PictureFile.NONE);
        PictureFile coarse = Orientation.upright(file.coarse(), orientation);
        assertThat(Orientation.upright(file, orientation).coarse()).isEqualTo(coarse);
        assertThat(coarse.colours().width()).isEqualTo(orientation > 4 ? 3 : 5);
    }

    @Test
    void aTensorHasAllSixteenBits() {
        DeepPicture picture = jumpy(31, 17, 3);
        Scope.run(() -> {
            Tensor part = Images.toTensor(picture, 4, 5, 20, 9);
            assertThat(Tensors.shape(part)).containsExactly(1, 3, 9, 20);
            float[] values = Tensors.floats(part);
            for (int c = 0; c < 3; c++)
                for (int y = 0; y < 9; y++)
                    for (int x = 0; x < 20; x++) {
                        double level = (values[(c * 9 + y) * 20 + x] + 1) * 32767.5;
                        assertThat(Math.round(level)).isEqualTo(picture.at(4 + x, 5 + y, c));
                    }
        });
    }

    @Test
    void eightBitsOfSixteenAreRoundedAndBackAgainTheSame() {
        short[] all = new short[65536];
        for (int i = 0; i < all.length; i++) all[i] = (short) i;
        byte[] coarse = DeepPicture.coarse(all);
        for (int i = 0; i < all.length; i++) assertThat(coarse[i] & 0xFF).isEqualTo((int) Math.round(i / 257.0));
    }

    @Test
    void whatDoesNotFitIsRefusedAndWhatIsDamagedIsNamed() throws IOException {
        DeepPicture picture = jumpy(4, 3, 1);
        assertThatThrownBy(() -> new DeepPicture(4, 3, 3, picture.samples()))
                .hasMessage("12 samples do not fill 4 x 3 x 3");
        assertThatThrownBy(() -> new DeepPicture(4, 3, 2, picture.samples())).hasMessageContaining("1 (grey) or 3");
        assertThatThrownBy(() -> new DeepPicture(0, 3, 1, new short[0])).hasMessageContaining("at least 1 x 1");
        assertThatThrownBy(() -> new DeepFile(picture, new short[5], PictureFile.NONE))
                .hasMessage("5 samples of alpha do not fill 4 x 3");
        Path file = folder.resolve("a.png");
        PictureFormat.write(file, new DeepFile(picture, new short[0], PictureFile.NONE), Map.of());
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 20));
        assertThatThrownBy(() -> DeepFile.read(file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a.png: ");
        assertThat(picture).isEqualTo(jumpy(4, 3, 1)).isNotEqualTo(jumpy(3, 4, 1));
        assertThat(picture).hasSameHashCodeAs(jumpy(4, 3, 1)).hasToString("DeepPicture[4 x 3 x 1]");
    }
}
