package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Shared;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The resources were written by tifffile 2026.3.3 with imagecodecs, after the rule of {@link Pictures#jumpy}: of 8 bits as it
 * stands, of 16 and 32 bits with its bytes repeated, in floating point divided by 255.
 */
class TiffTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "lzw-predictor",
                "deflate-predictor",
                "tiles-predictor",
                "planar-predictor",
                "planar-packbits",
                "nir",
                "nir-predictor",
                "nir-planar",
                "two-extra"
            })
    void coloursAreThoseThatWereStored(String name) throws IOException {
        for (String depth : new String[] {"u8", "u16"}) assertIsJumpy("rgb-" + depth + "-" + name, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"None", "lzw", "deflate", "packbits", "tiles-big-endian"})
    void bigTiffIsReadAsTiffIs(String name) throws IOException {
        for (String depth : new String[] {"u8", "u16"}) assertIsJumpy("big-" + depth + "-" + name, 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "grey-u8-lzw-predictor-big-endian",
                "grey-u8-deflate-predictor-big-endian",
                "grey-u16-lzw-predictor-big-endian",
                "grey-u16-deflate-predictor-big-endian",
                "grey-u8-extra",
                "grey-u16-extra",
                "white-is-zero-u8",
                "white-is-zero-u16",
                "grey-f32"
            })
    void greyStaysGreyWhateverLiesBesideIt(String name) throws IOException {
        assertIsJumpy(name, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rgb-u32", "rgb-f16-predictor", "rgb-f32-predictor", "rgb-f64-predictor"})
    void deepSamplesAreRounded(String name) throws IOException {
        assertIsJumpy(name, 3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cmyk-u8-extra", "cmyk-u16-extra"})
    void inksWithoutBlackAreColoursAndTheFifthSampleIsLeftOut(String name) throws IOException {
        assertIsJumpy(name, 3);
    }

    @ParameterizedTest
    @CsvSource({"rgb-u8-alpha,3", "rgb-u16-alpha,3", "rgb-u8-extra-and-alpha,4", "rgb-u16-extra-and-alpha,4"})
    void onlyASampleThatTheFileCallsAlphaIsAlpha(String name, int alpha) throws IOException {
        PictureFile file = PictureFile.decode(resource(name));
        assertThat(file.colours()).isEqualTo(Pictures.jumpy(13, 9, 3));
        for (int y = 0; y < 9; y++)
            for (int x = 0; x < 13; x++)
                assertThat(file.alpha()[y * 13 + x])
                        .isEqualTo((byte) ((37 * x + 101 * y + 59 * alpha + 7 * x * y) * 73));
        int opacity = file.alpha()[5] & 0xFF;
        assertThat(ImageFiles.decode(resource(name), 3).at(5, 0, 1))
                .isEqualTo((file.colours().at(5, 0, 1) * opacity + 255 * (255 - opacity) + 127) / 255);
    }

    @Test
    void associatedAlphaIsDividedOut() throws IOException {
        PictureFile deep = PictureFile.decode(resource("rgb-u16-associated"));
        assertThat(deep.colours()).isEqualTo(Pictures.jumpy(13, 9, 3));
        PictureFile file = PictureFile.decode(resource("rgb-u8-associated"));
        Picture expected = Pictures.jumpy(13, 9, 3);
        assertThat(file.alpha()).isEqualTo(deep.alpha());
        assertThat(file.alpha()[2 * 13 + 7] & 0xFF).isEqualTo(64 + (37 * 7 + 101 * 2 + 7 * 14) * 73 % 256 % 192);
        assertThat(Pictures.largestDifference(file.colours(), expected))
                .as("8 bits, of which alpha takes some")
                .isBetween(1, 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"palette", "palette-of-8-bits"})
    void aPaletteIsLookedUp(String name) throws IOException {
        Picture index = Pictures.jumpy(13, 9, 1);
        Picture picture = ImageFiles.decode(resource(name), 3);
        for (int x = 0; x < 13; x++) {
            assertThat(picture.at(x, 4, 0)).isEqualTo(index.at(x, 4, 0));
            assertThat(picture.at(x, 4, 1)).isEqualTo(255 - index.at(x, 4, 0));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "grey-i16|signed samples; unsigned ones and floating-point ones are read",
                "grey-f32-of-255|floating-point samples of 0.0 to 253.0, 0 to 1 are supported",
                "rgb-u8-zstandard|its pixels are packed by Zstandard, which is not read; by LZW, deflate, PackBits, CCITT or"
                        + " not at all they are"
            })
    void whatIsNotReadIsNamedAndNotCalledDamaged(String name, String reason) {
        assertThatThrownBy(() -> ImageFiles.decode(resource(name), 3))
                .isInstanceOf(UnsupportedPictureException.class)
                .hasMessage("this TIFF file is not supported: " + reason);
    }

    @Test
    void rawFilesOfCamerasAreNotTakenForTheirThumbnails() throws IOException {
        byte[] file = resource("big-u8-None");
        int entry = 24; // ImageWidth
        assertThat(file[entry]).isEqualTo((byte) 0);
        file[entry] = (byte) 0x12; // 50706, DNGVersion
        file[entry + 1] = (byte) 0xC6;
        assertThatThrownBy(() -> ImageFiles.decode(file, 3))
                .isInstanceOf(UnsupportedPictureException.class)
                .hasMessageContaining("it is a raw file of a camera");
    }

    @ParameterizedTest
    @ValueSource(strings = {"big-u16-deflate", "big-u8-packbits", "rgb-u16-tiles-predictor", "rgb-u8-lzw-predictor"})
    void aTruncatedOrDamagedFileIsThePictureOrAnError(String name) throws IOException {
        byte[] whole = resource(name);
        for (int length = 1; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                assertThat(ImageFiles.decode(cut, 3)).as("cut to " + length).isEqualTo(Pictures.jumpy(13, 9, 3));
            } catch (IOException e) {
                assertThat(e).hasMessageMatching("(?s)(the|this) .*");
            }
        }
        Rng rng = Rng.of(name.hashCode());
        for (int i = 0; i < 200; i++) {
            byte[] damaged = whole.clone();
            for (int k = 0; k < 3; k++) damaged[rng.nextInt(whole.length)] = (byte) rng.nextInt(256);
            try {
                assertThat(ImageFiles.decode(damaged, 3, 1_000_000)).isNotNull();
            } catch (IOException e) {
                assertThat(e).hasMessageMatching("(?s)(the|this) .*");
            }
        }
        assertThat(ImageFiles.decode(whole, 3)).isEqualTo(Pictures.jumpy(13, 9, 3));
    }

    @Test
    void filesOfUsersAreReadAsOthersReadThem() throws IOException {
        Path cases = Shared.path("cases/tiff-four-bands");
        Picture expected = ImageFiles.decode(cases.resolve("expected_rgb.png"), 3);
        for (String name : new String[] {"rgb_nir.tif", "rgb_nir_16.tif"})
            assertThat(PictureFile.read(cases.resolve(name))).as(name).isEqualTo(PictureFile.of(expected));
        assertThat(PictureFile.read(cases.resolve("rgb_alpha.tif")).hasAlpha()).isTrue();
        Path depths = Shared.path("cases/tiff-depths");
        expected = ImageFiles.decode(depths.resolve("expected_rgb.png"), 3);
        for (String name : new String[] {"predictor16_deflate.tif", "big.tif"})
            assertThat(ImageFiles.decode(depths.resolve(name), 3)).as(name).isEqualTo(expected);
        Picture grey = ImageFiles.decode(depths.resolve("predictor16_grey.tif"), 1);
        for (int i = 0; i < grey.pixels().length; i++)
            assertThat(grey.pixels()[i]).isEqualTo(expected.pixels()[3 * i]);
    }

    private static void assertIsJumpy(String name, int channels) throws IOException {
        Picture jumpy = Pictures.jumpy(13, 9, channels);
        assertThat(ImageFiles.decode(resource(name), channels)).as(name).isEqualTo(jumpy);
        assertThat(PictureFile.decode(resource(name))).as(name).isEqualTo(PictureFile.of(jumpy));
    }

    private static byte[] resource(String name) throws IOException {
        return Pictures.resource("tiff/" + name + ".tif");
    }
}
