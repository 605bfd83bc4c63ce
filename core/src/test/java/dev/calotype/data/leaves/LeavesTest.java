package dev.calotype.data.leaves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeavesTest {
    private static Picture leaf(Leaves.Split split, long seed, long index) {
        return new Leaves(split, 48, seed).read(index).image();
    }

    @Test
    void aPictureIsFixedBySeedSplitAndIndex() {
        Picture one = leaf(Leaves.Split.TRAIN, 0, 7);
        leaf(Leaves.Split.TRAIN, 0, 8);
        assertThat(leaf(Leaves.Split.TRAIN, 0, 7)).isEqualTo(one);
        assertThat(leaf(Leaves.Split.TEST, 0, 7)).isNotEqualTo(one);
        assertThat(leaf(Leaves.Split.TRAIN, 1, 7)).isNotEqualTo(one);
        assertThat(leaf(Leaves.Split.TRAIN, 0, 8)).isNotEqualTo(one);
        assertThat(one.width()).isEqualTo(48);
        assertThat(one.channels()).isEqualTo(3);
    }

    @Test
    void sizesAndPlacesOutsideAreRefused() {
        assertThatThrownBy(() -> new Leaves(Leaves.Split.TRAIN, 15, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("size must be in 16..512: 15");
        Leaves leaves = new Leaves(Leaves.Split.TRAIN, 16, 0);
        assertThatThrownBy(() -> leaves.read(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> leaves.read(Leaves.COUNT)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aNameSaysTheSplitAndWhatIsLeftOut() throws IOException {
        assertThat(Leaves.named("leaves", 48).name()).isEqualTo("leaves:train");
        assertThat(Leaves.named("leaves:test", 48).read(3).image()).isEqualTo(leaf(Leaves.Split.TEST, 0, 3));
        Leaves without = Leaves.named("leaves:train:without:rooms+grain", 48);
        assertThat(without.name()).isEqualTo("leaves:train:without:grain+rooms");
        assertThat(without.read(3).image()).isNotEqualTo(leaf(Leaves.Split.TRAIN, 0, 3));
        for (String wrong : new String[] {"leaves:seen", "leaves:train:grain", "leaves:train:with:grain", "leaves:"})
            assertThatThrownBy(() -> Leaves.named(wrong, 48))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            "leaves has the splits leaves:train and leaves:test, each perhaps with :without: and what is"
                                    + " left out: " + wrong);
        assertThatThrownBy(() -> Leaves.named("leaves:train:without:grain+hue", 48))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "what leaves are without must be of shapes, grain, stripes, shades, lines, writing, depth, lens,"
                                + " light, rooms: hue");
    }

    /** Of the same picture: the ingredient that is left out changes some of 60, and bare discs have no more than their colours. */
    @Test
    void eachIngredientIsInSomePicturesAndCanBeLeftOut() {
        for (Ingredient each : Ingredient.values()) {
            Leaves without = new Leaves(Leaves.Split.TEST, 48, 0, Set.of(each));
            int changed = 0;
            for (int i = 0; i < 60; i++) if (!without.read(i).image().equals(leaf(Leaves.Split.TEST, 0, i))) changed++;
            assertThat(changed).as(each.toString()).isPositive();
        }
        Leaves bare = new Leaves(Leaves.Split.TEST, 48, 0, EnumSet.allOf(Ingredient.class));
        int flat = 0;
        for (int i = 0; i < 10; i++) {
            Picture picture = bare.read(i).image();
            for (int y = 0; y < 48; y++)
                for (int x = 1; x < 48; x++) if (picture.at(x, y, 0) == picture.at(x - 1, y, 0)) flat++;
        }
        assertThat(flat).as("neighbours of one colour, of 22560").isGreaterThan(11_000);
    }

    /** As in photographs, neighbours are alike, and the less so the farther they are apart. */
    @Test
    void pixelsAreTheLessAlikeTheFartherApart() {
        double[] differences = new double[3];
        for (int index = 0; index < 40; index++) {
            Picture picture = leaf(Leaves.Split.TEST, 0, index);
            for (int i = 0; i < differences.length; i++)
                for (int y = 0; y < 48; y++)
                    for (int x = 0; x + 16 < 48; x++)
                        differences[i] += Math.pow(picture.at(x, y, 1) - picture.at(x + (1 << 2 * i), y, 1), 2);
        }
        assertThat(differences[1]).isGreaterThan(1.5 * differences[0]);
        assertThat(differences[2]).isGreaterThan(1.2 * differences[1]);
    }

    @Test
    void grainIsSeamlessOfMeanZeroAndDeviationOne() {
        for (int i = 0; i < 20; i++) {
            Grain grain = Grain.any(Rng.of(i));
            double sum = 0, squares = 0;
            for (int y = 0; y < Grain.SIDE; y++)
                for (int x = 0; x < Grain.SIDE; x++) {
                    sum += grain.at(x, y);
                    squares += Math.pow(grain.at(x, y), 2);
                }
            double count = Grain.SIDE * Grain.SIDE;
            assertThat(sum / count).isBetween(-1e-4, 1e-4);
            assertThat(squares / count).isBetween(0.999, 1.001);
            assertThat(grain.at(3.25 - Grain.SIDE, 7.5 + Grain.SIDE)).isEqualTo(grain.at(3.25, 7.5));
        }
    }

    private static Paint plain(float value) {
        return new Paint(new float[] {value, value, value}, 0, 0, 10, new Paint.Style(0, Set.of()), Rng.of(0));
    }

    @Test
    void whatIsLaidFirstIsSeen() {
        Canvas canvas = new Canvas(8);
        canvas.lay(new double[] {0, 4, 4, 0}, new double[] {0, 0, 8, 8}, plain(1));
        assertThat(canvas.bare()).isEqualTo(0.5);
        canvas.ground(plain(0));
        assertThat(canvas.bare()).isZero();
        float[] seen = canvas.halved(); // 4 x 4
        for (int y = 0; y < 4; y++)
            for (int x = 0; x < 4; x++) assertThat(seen[3 * (4 * y + x)]).isEqualTo(x < 2 ? 1 : 0);
        canvas.lift();
        canvas.ground(plain(0.25f));
        assertThat(canvas.halved()[5]).isEqualTo(0.25f);
    }

    @Test
    void aBlurSpreadsAndKeepsTheSum() {
        Canvas canvas = new Canvas(32);
        canvas.lay(new double[] {14, 18, 18, 14}, new double[] {14, 14, 18, 18}, plain(1));
        canvas.ground(plain(0));
        canvas.blur(0.2);
        assertThat(canvas.halved()[3 * (16 * 8 + 8)])
                .as("too little to be done")
                .isEqualTo(1);
        canvas.blur(1.5);
        float[] seen = canvas.halved();
        double sum = 0;
        for (int i = 0; i < seen.length; i += 3) sum += seen[i];
        assertThat(sum).isBetween(3.999, 4.001);
        assertThat(seen[3 * (16 * 8 + 8)]).isLessThan(0.9f);
    }
}
