package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Shared;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GIF and WebP. The resources and what is expected of them were written by Pillow 13.0.0 with libwebp 1.6.0. */
class FirstFrameTest {
    @ParameterizedTest
    @CsvSource({"20,15,4,2,20,15", "20,15,7,6,20,15", "13,9,0,0,13,9", "5,4,0,0,13,9", "0,0,0,0,13,9", "13,9,2,1,15,10"
    })
    void aFrameOfGifLiesAtItsPlaceOnACanvasThatHoldsIt(
            int screenWidth, int screenHeight, int left, int top, int width, int height) throws IOException {
        Picture frame = ImageFiles.decode(Pictures.resource("palette.gif"), 3);
        PictureFile file = PictureFile.decode(placed(screenWidth, screenHeight, left, top));
        Picture flat = ImageFiles.decode(placed(screenWidth, screenHeight, left, top), 3);
        assertThat(flat.width()).isEqualTo(width);
        assertThat(flat.height()).isEqualTo(height);
        assertThat(Images.crop(flat, left, top, 13, 9)).isEqualTo(frame);
        assertThat(Images.crop(file.colours(), left, top, 13, 9)).isEqualTo(frame);
        int white = 0, clear = 0;
        for (int i = 0; i < width * height; i++) {
            boolean inside = i % width >= left && i % width < left + 13 && i / width >= top && i / width < top + 9;
            if (!inside && flat.at(i % width, i / width, 1) == 255) white++;
            if (file.hasAlpha() && file.alpha()[i] == 0) clear++;
        }
        assertThat(white).isEqualTo(width * height - 117);
        assertThat(clear).isEqualTo(width * height - 117);
    }

    @Test
    void aCanvasOverTheLimitIsRefusedBeforeItIsAllocated() throws IOException {
        byte[] far = placed(13, 9, 65_535, 65_535);
        assertThatThrownBy(() -> ImageFiles.decode(far, 3))
                .isInstanceOf(UnsupportedPictureException.class)
                .hasMessage("this GIF file is not supported: 65548 x 65544 pixels are over the limit of 100000000");
    }

    @Test
    void aGifOfAUserIsReadAsOthersReadIt() throws IOException {
        Picture picture = ImageFiles.decode(Shared.path("cases/gif-canvas/first-frame-at-offset.gif"), 3);
        assertThat(picture.width()).isEqualTo(32);
        assertThat(picture.height()).isEqualTo(24);
        assertThat(picture.at(7, 5, 0)).isEqualTo(255);
        assertThat(picture.at(8, 6, 0)).as("the diagonal").isNotEqualTo(picture.at(9, 6, 0));
    }

    @Test
    void losslessWebPIsExact() throws IOException {
        assertThat(PictureFile.decode(Pictures.resource("lossless.webp")))
                .isEqualTo(PictureFile.of(Pictures.jumpy(13, 9, 3)));
        PictureFile file = PictureFile.decode(Pictures.resource("lossless-alpha.webp"));
        Picture stored = Pictures.jumpy(13, 9, 4 - 1);
        assertThat(file.colours()).isEqualTo(stored);
        assertThat(file.alpha()[6] & 0xFF).isEqualTo((37 * 6 + 59 * 3) * 73 % 256);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lossy", "lossy-alpha", "animated"})
    void webPIsAsFromLibwebp(String name) throws IOException {
        byte[] webp = Pictures.resource(name + ".webp");
        PictureFile expected = PictureFile.decode(Pictures.resource("expected-" + name + "-webp.png"));
        PictureFile file = PictureFile.decode(webp);
        assertThat(file.alpha()).isEqualTo(expected.alpha());
        for (int i = 0; i < 117; i++)
            if (!file.hasAlpha() || file.alpha()[i] != 0)
                for (int c = 0; c < 3; c++)
                    assertThat(file.colours().pixels()[3 * i + c])
                            .isEqualTo(expected.colours().pixels()[3 * i + c]);
        assertThat(ImageFiles.decode(webp, 3))
                .isEqualTo(ImageFiles.decode(Pictures.resource("expected-" + name + "-webp.png"), 3));
    }

    @Test
    void webPIsTurnedAsTheCameraSays() throws IOException {
        Picture turned = ImageFiles.decode(Pictures.resource("lossless-turned.webp"), 3);
        Picture plain = Pictures.jumpy(13, 9, 3);
        assertThat(turned.width()).isEqualTo(9);
        assertThat(turned.at(8, 0, 1)).isEqualTo(plain.at(0, 0, 1));
        assertThat(turned.at(0, 12, 2)).isEqualTo(plain.at(12, 8, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lossless", "lossy-alpha", "animated"})
    void aTruncatedWebPIsRefused(String name) throws IOException {
        byte[] whole = Pictures.resource(name + ".webp");
        for (int length = 1; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> ImageFiles.decode(cut, 3)).isInstanceOf(IOException.class);
        }
        byte[] longer = Arrays.copyOf(whole, whole.length + 7);
        assertThat(ImageFiles.decode(longer, 3)).isEqualTo(ImageFiles.decode(whole, 3));
    }

    @Test
    void aWebPOverTheLimitIsRefused() throws IOException {
        for (String name : new String[] {"lossless", "lossy", "lossy-alpha", "animated"}) {
            byte[] webp = Pictures.resource(name + ".webp");
            assertThatThrownBy(() -> ImageFiles.decode(webp, 3, 13 * 9 - 1))
                    .isInstanceOf(UnsupportedPictureException.class)
                    .hasMessageContaining("13 x 9 pixels are over the limit of 116");
        }
    }

    /** The GIF of 13 x 9 pixels with another screen and place. */
    private static byte[] placed(int screenWidth, int screenHeight, int left, int top) throws IOException {
        byte[] gif = Pictures.resource("palette.gif");
        put(gif, 6, screenWidth);
        put(gif, 8, screenHeight);
        int frame = 13 + (3 << (gif[10] & 7) + 1);
        while (gif[frame] == 0x21) {
            frame += 2;
            while (gif[frame] != 0) frame += 1 + (gif[frame] & 0xFF);
            frame++;
        }
        assertThat(gif[frame]).isEqualTo((byte) 0x2C);
        put(gif, frame + 1, left);
        put(gif, frame + 3, top);
        return gif;
    }

    private static void put(byte[] bytes, int at, int value) {
        bytes[at] = (byte) value;
        bytes[at + 1] = (byte) (value >> 8);
    }
}
