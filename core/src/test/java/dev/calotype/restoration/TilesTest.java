package dev.calotype.restoration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.DeepPicture;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.restore.Evidence;
import dev.calotype.study.Studies;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TilesTest {
    @ParameterizedTest
    @CsvSource({
        "4032,3024,400000",
        "1000,1,100",
        "1,1000,100",
        "701,333,40000",
        "64,64,4096",
        "5000,40,40000",
        "65,64,4096"
    })
    void tilesCoverThePictureOverlapAndAreBounded(int width, int height, long most) {
        int overlap = 16;
        Tiles tiles = Tiles.of(width, height, most, overlap);
        boolean[] covered = new boolean[width * height];
        for (Tiles.Tile tile : tiles.all()) {
            assertThat(tile.left() % 16).isZero();
            assertThat(tile.top() % 16).isZero();
            assertThat((long) tile.width() * tile.height()).isLessThanOrEqualTo(Math.max(2 * most, 40_000));
            for (int y = 0; y < tile.height(); y++)
                for (int x = 0; x < tile.width(); x++) covered[(tile.top() + y) * width + tile.left() + x] = true;
        }
        for (boolean pixel : covered) assertThat(pixel).isTrue();
        for (Tiles.Tile a : tiles.all())
            for (Tiles.Tile b : tiles.all())
                if (a.top() == b.top() && a.left() < b.left() && a.left() + a.width() >= b.left())
                    assertThat(a.left() + a.width() - b.left()).isGreaterThanOrEqualTo(Math.min(overlap, width));
    }

    /** 5000 pixels in six spans of at most 1000 that share 32: of 864 each, begun at whole blocks of 16. */
    @Test
    void aStripIsCutAcrossOnly() {
        int[] begins = {0, 816, 1648, 2480, 3296, 4128};
        List<Tiles.Tile> wide = new ArrayList<>(), high = new ArrayList<>();
        for (int begin : begins) {
            int length = begin == 4128 ? 872 : 864;
            wide.add(new Tiles.Tile(begin, 0, length, 40));
            high.add(new Tiles.Tile(0, begin, 40, length));
        }
        assertThat(Tiles.of(5000, 40, 40_000, 16).all()).isEqualTo(wide);
        assertThat(Tiles.of(40, 5000, 40_000, 16).all()).isEqualTo(high);
    }

    @Test
    void aSquareIsCutIntoRowsOfTilesFromTheUpperLeft() {
        assertThat(Tiles.of(400, 400, 40_000, 16).all()).isEqualTo(square(160, 0, 112, 240));
        assertThat(Tiles.of(368, 368, 40_000, 16).all())
                .as("two of at most 200 that share 32 just reach")
                .isEqualTo(square(208, 0, 160));
    }

    private static List<Tiles.Tile> square(int side, int... begins) {
        List<Tiles.Tile> tiles = new ArrayList<>();
        for (int top : begins) for (int left : begins) tiles.add(new Tiles.Tile(left, top, side, side));
        return tiles;
    }

    @Test
    void aPictureAsWideAsATileIsOneColumn() {
        assertThat(Tiles.of(200, 300, 40_000, 16).all())
                .containsExactly(new Tiles.Tile(0, 0, 200, 176), new Tiles.Tile(0, 112, 200, 188));
    }

    @Test
    void tilesOfAPictureGiveThePictureBack() {
        Picture picture = Studies.smooth(333, 217, 3, 7);
        Tiles tiles = Tiles.of(333, 217, 9000, 16);
        assertThat(tiles.all()).hasSizeGreaterThan(4);
        Canvas canvas = Canvas.black(333, 217, 3, 16, Canvas.Depth.COARSE);
        for (Tiles.Tile tile : tiles.all())
            canvas.lay(
                    part(Images.crop(picture, tile.left(), tile.top(), tile.width(), tile.height())),
                    tile.left(),
                    tile.top(),
                    null);
        assertThat(canvas.picture()).isEqualTo(picture);
    }

    private static RestoredPart part(Picture picture) {
        byte[] planar = Images.planar(picture);
        float[] image = new float[planar.length];
        for (int i = 0; i < image.length; i++) image[i] = (planar[i] & 0xFF) / 127.5f - 1;
        return new RestoredPart(image, picture.width(), picture.height(), Evidence.NONE);
    }

    @Test
    void partsLieAroundWhatIsMissingAndNowhereElse() {
        byte[] mask = new byte[500 * 300];
        mask[50 * 500 + 40] = 1; // alone
        for (int x = 180; x < 320; x++) mask[150 * 500 + x] = 1; // over three squares
        mask[299 * 500 + 499] = 1; // in the corner
        Picture missing = new Picture(500, 300, 1, mask);
        Tiles around = Tiles.around(missing, 96, 32);
        assertThat(around.overlap()).isEqualTo(32);
        assertThat(around.all())
                .containsExactly(
                        new Tiles.Tile(8, 18, 65, 65),
                        new Tiles.Tile(148, 118, 76, 65), // 180..191
                        new Tiles.Tile(160, 118, 160, 65), // 192..287
                        new Tiles.Tile(256, 118, 96, 65), // 288..319
                        new Tiles.Tile(467, 267, 33, 33));
        assertThat(around.pixels()).isEqualTo(65 * (65 + 76 + 160 + 96) + 33 * 33);
        assertThat(Tiles.around(new Picture(500, 300, 1, new byte[500 * 300]), 96, 32)
                        .all())
                .isEmpty();
    }

    @Test
    void aTileFadesInOverWhatItShares() {
        Canvas canvas = Canvas.black(8, 1, 1, 4, Canvas.Depth.COARSE);
        canvas.lay(part(new Picture(6, 1, 1, new byte[6])), 0, 0, null);
        canvas.lay(part(new Picture(6, 1, 1, new byte[] {80, 80, 80, 80, 80, 80})), 2, 0, null);
        assertThat(canvas.picture().pixels()).containsExactly(0, 0, 10, 30, 50, 70, 80, 80);
    }

    @Test
    void sixteenBitsAreLaidRoundedAndClippedAndOnlyWhereTheyAreTo() {
        Canvas canvas = Canvas.of(new DeepPicture(5, 1, 1, new short[] {1, 2, 3, 4, (short) 65000}), 4);
        float[] values = {-2, 2, 0.25f, Float.NaN, 0};
        Picture only = new Picture(5, 1, 1, new byte[] {(byte) 255, 1, 1, 1, 0});
        canvas.lay(new RestoredPart(values, 5, 1, Evidence.NONE), 0, 0, only);
        assertThat(canvas.deep().at(0, 0, 0)).isZero();
        assertThat(canvas.deep().at(1, 0, 0)).isEqualTo(65535);
        assertThat(canvas.deep().at(2, 0, 0)).isEqualTo(40959); // 32767.5 * 1.25 = 40959.375
        assertThat(canvas.deep().at(3, 0, 0)).isZero();
        assertThat(canvas.deep().at(4, 0, 0)).isEqualTo(65000);
    }
}
