package dev.calotype.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.awt.image.BufferedImage;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImagesTest {
    @Test
    void aRoundTripThroughATensorChangesNothing() {
        Picture all = Pictures.jumpy(64, 16, 3);
        Scope.run(() -> {
            Tensor x = Images.toTensor(all);
            assertThat(Tensors.shape(x)).containsExactly(1, 3, 16, 64);
            assertThat(Images.ofTensor(x)).isEqualTo(all);
            assertThat(Images.ofTensor(x.squeeze(0))).isEqualTo(all);
            assertThat(x.select(1, 2).select(1, 5).select(1, 7).item_float()).isEqualTo(all.at(7, 5, 2) / 127.5f - 1);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aRoundTripThroughAnImageInMemoryChangesNothing(int channels) {
        Picture all = Pictures.jumpy(64, 16, channels);
        BufferedImage image = all.toBufferedImage();
        assertThat(Picture.of(image, channels)).isEqualTo(all);
        int rgb = image.getRGB(7, 5);
        assertThat(rgb & 0xFF).isEqualTo(all.at(7, 5, channels - 1));
        assertThat(rgb >> 16 & 0xFF).isEqualTo(all.at(7, 5, 0));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                BufferedImage.TYPE_INT_RGB,
                BufferedImage.TYPE_INT_ARGB,
                BufferedImage.TYPE_INT_ARGB_PRE,
                BufferedImage.TYPE_INT_BGR,
                BufferedImage.TYPE_3BYTE_BGR,
                BufferedImage.TYPE_4BYTE_ABGR,
                BufferedImage.TYPE_4BYTE_ABGR_PRE
            })
    void everyLayoutOfAnImageInMemoryHasTheSamePixels(int type) {
        Picture all = Pictures.jumpy(9, 5, 3);
        BufferedImage image = new BufferedImage(9, 5, type);
        for (int y = 0; y < 5; y++)
            for (int x = 0; x < 9; x++)
                image.setRGB(x, y, 0xFF << 24 | all.at(x, y, 0) << 16 | all.at(x, y, 1) << 8 | all.at(x, y, 2));
        assertThat(Picture.of(image, 3)).isEqualTo(all);
    }

    @Test
    void aGreyImageOfJavaKeepsItsSamples() {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(1, 0, 0, 128);
        assertThat(Picture.of(image, 1).at(1, 0, 0)).isEqualTo(128);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Picture.of(image, 2))
                .withMessage("channels must be 1 (grey) or 3 (RGB): 2");
    }

    @Test
    void pixelsAreRoundedHalfUpAndClipped() {
        Scope.run(() -> {
            double step = 1 / 127.5;
            Tensor x = Tensors.of(-9, -1 + 0.49 * step, -1 + 0.51 * step, 0, 1 - 0.51 * step, 1, 9, Double.NaN);
            assertThat(Tensors.bytes(Images.toPixels(x))).containsExactly(0, 0, 1, 128, 254, 255, 255, 0);
            assertThat(Tensors.floats(Images.ofPixels(Tensors.of(new byte[] {0, (byte) 255}, 2))))
                    .containsExactly(-1, 1);
        });
    }

    @Test
    void theElementsOfABatchAreItsPictures() {
        Scope.run(() -> {
            Picture a = Pictures.jumpy(4, 3, 3);
            Picture b = Images.mirrored(a);
            Tensor batch = Tensors.cat(0, Images.toTensor(a), Images.toTensor(b));
            assertThat(Images.pictures(batch)).containsExactly(a, b);
        });
    }

    @Test
    void conversionsLeaveNoTensorsBehind() {
        Runnable work = () -> Scope.run(() -> Images.ofTensor(Images.toTensor(Pictures.jumpy(4, 3, 3))));
        work.run();
        long before = Scope.live();
        for (int i = 0; i < 50; i++) work.run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }

    @Test
    void aGridKeepsEveryPictureInItsPlace() {
        Picture a = Pictures.jumpy(4, 3, 3);
        Picture b = Images.mirrored(a);
        Picture grid = Images.grid(List.of(a, b, b, a, a), 2, 1);
        assertThat(grid.width()).isEqualTo(9);
        assertThat(grid.height()).isEqualTo(11);
        assertThat(grid.at(5, 4, 1)).isEqualTo(a.at(0, 0, 1));
        assertThat(grid.at(8, 2, 2)).isEqualTo(b.at(3, 2, 2));
        assertThat(grid.at(4, 2, 0)).isEqualTo(255);
        assertThat(grid.at(5, 8, 0)).isEqualTo(255);
        assertThat(Images.grid(List.of(a), 8, 5)).isEqualTo(a);
        assertThatThrownBy(() -> Images.grid(List.of(a, Pictures.jumpy(4, 4, 3)), 2, 0))
                .hasMessageContaining("one size");
        assertThatThrownBy(() -> Images.grid(List.of(a), 0, 0)).hasMessageContaining("columns must be at least 1: 0");
    }

    @Test
    void mirroringTwiceChangesNothingAndOnceExchangesTheSides() {
        Picture a = Pictures.jumpy(5, 3, 3);
        assertThat(Images.mirrored(a).at(0, 2, 1)).isEqualTo(a.at(4, 2, 1));
        assertThat(Images.mirrored(Images.mirrored(a))).isEqualTo(a);
    }

    @Test
    void greyIsPillowsLumaAndRgbOfGreyRepeatsIt() {
        Picture colours = new Picture(3, 1, 3, new byte[] {(byte) 255, 0, 0, 0, (byte) 255, 0, 0, 0, (byte) 255});
        Picture grey = Images.withChannels(colours, 1);
        assertThat(List.of(grey.at(0, 0, 0), grey.at(1, 0, 0), grey.at(2, 0, 0)))
                .containsExactly(76, 150, 29);
        assertThat(Images.withChannels(grey, 3).at(1, 0, 2)).isEqualTo(150);
        assertThat(Images.withChannels(Images.withChannels(grey, 3), 1)).isEqualTo(grey);
    }
}
