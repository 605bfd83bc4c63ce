package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.Preparation.Crop;
import dev.calotype.data.Preparation.Flip;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.Resize;
import dev.calotype.tensor.Rng;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PreparationTest {
    private static final Picture WIDE = wide();

    private static Picture wide() {
        byte[] pixels = new byte[40 * 20 * 3];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (i * 7 + i / 120 * 3);
        return new Picture(40, 20, 3, pixels);
    }

    @Test
    void itIsTheCentralSquareInTheChannelsAskedFor() {
        Picture colour = new Preparation(10, 3, Flip.NONE).apply(WIDE, Rng.of(0));
        assertThat(colour).isEqualTo(Resize.cover(WIDE, 10));
        Picture grey = new Preparation(10, 1, Flip.NONE).apply(WIDE, Rng.of(0));
        assertThat(grey).isEqualTo(Resize.cover(Images.withChannels(WIDE, 1), 10));
        Picture repeated = new Preparation(10, 3, Flip.NONE).apply(Images.withChannels(WIDE, 1), Rng.of(0));
        assertThat(repeated).isEqualTo(Images.withChannels(grey, 3));
    }

    @Test
    void aFlipIsTheMirrorImageHalfOfTheTime() {
        Preparation preparation = new Preparation(10, 3, Flip.RANDOM);
        Picture plain = Resize.cover(WIDE, 10);
        int mirrored = 0;
        for (int i = 0; i < 400; i++) {
            Picture picture = preparation.apply(WIDE, Rng.of(9).fork(i));
            if (picture.equals(Images.mirrored(plain))) mirrored++;
            else assertThat(picture).isEqualTo(plain);
        }
        assertThat(mirrored).isBetween(160, 240); // 200 +- 4 sigma
    }

    @Test
    void aRandomCropIsAnyPartAsItIs() {
        Preparation preparation = new Preparation(18, 3, Flip.NONE, Crop.RANDOM);
        Map<Picture, Integer> counts = new HashMap<>();
        for (int i = 0; i < 4000; i++)
            counts.merge(preparation.apply(WIDE, Rng.of(9).fork(i)), 1, Integer::sum);
        for (int left = 0; left <= 22; left++)
            for (int top = 0; top <= 2; top++)
                assertThat(counts.remove(Images.crop(WIDE, left, top, 18, 18))).isBetween(28, 88); // 58 +- 4 sigma
        assertThat(counts).isEmpty();
    }

    @Test
    void aCropOfASmallPictureIsEnlarged() {
        Preparation preparation = new Preparation(32, 1, Flip.NONE, Crop.RANDOM);
        assertThat(preparation.apply(WIDE, Rng.of(0)))
                .isEqualTo(new Preparation(32, 1, Flip.NONE).apply(WIDE, Rng.of(0)));
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> new Preparation(0, 3, Flip.NONE)).hasMessageContaining("size must be at least 1: 0");
        assertThatThrownBy(() -> new Preparation(8, 2, Flip.NONE)).hasMessageContaining("channels must be 1");
        assertThatThrownBy(() -> new Preparation(8, 3, null)).hasMessageContaining("flip");
        assertThatThrownBy(() -> new Preparation(8, 3, Flip.NONE, null)).hasMessageContaining("crop");
        assertThatThrownBy(() -> Images.crop(WIDE, 23, 0, 18, 18))
                .hasMessage("a part of 18 x 18 pixels at 23, 0 must lie within 40 x 20");
    }
}
