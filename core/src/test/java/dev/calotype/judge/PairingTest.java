package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.image.Picture;
import dev.calotype.judge.Pairing.Agreement;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairingTest {
    @Test
    void theSameNamesArePairsWhateverTheirOrder() throws IOException {
        Pairing pairing = Pairing.of(set("a/10.png", "a/1.png", "a/2.png"), set("b/2.png", "b/10.png", "b/1.png"));
        assertThat(pairing.by()).isEqualTo(Agreement.NAME);
        assertThat(pairing.pairs())
                .containsExactly(new Pairing.Pair(1, 2), new Pairing.Pair(2, 0), new Pairing.Pair(0, 1)); // 1, 2, 10
        assertThat(pairing.spare()).isZero();
    }

    @Test
    void numbersCountByTheirValue() throws IOException {
        Pairing pairing = Pairing.of(set("a/1.png", "a/10.png", "a/2.png"), set("b/001.png", "b/002.png", "b/010.png"));
        assertThat(pairing.by()).isEqualTo(Agreement.NUMBER);
        assertThat(pairing.pairs())
                .containsExactly(new Pairing.Pair(0, 0), new Pairing.Pair(2, 1), new Pairing.Pair(1, 2));
    }

    @Test
    void extensionsAndCapitalsDoNotCount() throws IOException {
        assertThat(Pairing.of(set("a/1.png", "a/house.v2.png"), set("b/1.jpg", "b/house.v2.jpeg"))
                        .by())
                .isEqualTo(Agreement.NAME);
        assertThat(Pairing.of(set("a/IMG_7.JPG"), set("b/img_0007.jpg")).by()).isEqualTo(Agreement.NUMBER);
        assertThatThrownBy(() -> Pairing.of(set("a/house.v2.png"), set("b/house.v3.png")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void foldersCountOnlyWhereTheyTellPicturesApart() throws IOException {
        assertThat(Pairing.of(set("a/x/1.png", "a/y/1.png"), set("b/c/x/1.png", "b/c/y/1.png"))
                        .by())
                .isEqualTo(Agreement.NAME);
        assertThat(Pairing.of(set("a/1.png", "a/2.png"), set("b/x/1.png", "b/y/2.png"))
                        .by())
                .isEqualTo(Agreement.FILE);
        assertThatThrownBy(() -> Pairing.of(set("a/1.png", "a/2.png"), set("b/x/1.png", "b/y/1.png", "b/y/2.png")))
                .hasMessageContaining("compare pictures of the same name");
    }

    @Test
    void realPicturesMayBeMore() throws IOException {
        Pairing pairing = Pairing.of(set("a/2.png"), set("b/1.png", "b/2.png", "b/3.png"));
        assertThat(pairing.pairs()).containsExactly(new Pairing.Pair(0, 1));
        assertThat(pairing.spare()).isEqualTo(2);
    }

    @Test
    void aNameThatIsThereTwiceIsToldWhereItIsAskedFor() throws IOException {
        assertThatThrownBy(() -> Pairing.of(set("a/cat.png"), set("b/cat.png", "b/cat.jpg")))
                .hasMessage(
                        "psnr, ssim and lpips compare pictures of the same name, and several in made are called cat");
        assertThat(Pairing.of(set("a/cat.png"), set("b/cat.png", "b/dog.png", "b/dog.jpg"))
                        .pairs())
                .containsExactly(new Pairing.Pair(0, 0));
    }

    @Test
    void whatHasNoCounterpartIsNamedAndNeverPairedByItsPlace() {
        assertThatThrownBy(() -> Pairing.of(set("a/1.png", "a/cat.png"), set("b/1.png", "b/dog.png")))
                .hasMessage(
                        "psnr, ssim and lpips compare pictures of the same name: 1 of the 2 in made have none in made,"
                                + " such as cat (there are 1, dog); give them the names of their counterparts");
        assertThatThrownBy(() -> Pairing.of(set("a/1.png", "a/01.png"), set("b/1.png", "b/2.png")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static ImageDataset set(String... names) {
        return new ImageDataset() {
            @Override
            public String name() {
                return "made";
            }

            @Override
            public long size() {
                return names.length;
            }

            @Override
            public Sample read(long index) {
                return Sample.of(List.of(names).get((int) index), new Picture(1, 1, 1, new byte[1]));
            }
        };
    }
}
