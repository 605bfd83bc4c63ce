package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.DataSets;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.judge.PictureSource.Stored;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.metric.StubNetwork;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures beside those that are nearest to them. */
class NeighboursTest {
    private static final int SIDE = 16;
    private static final Preparation PLAIN = new Preparation(SIDE, 3, Preparation.Flip.NONE);

    @TempDir
    private Path folder;

    private Path pictures(String name, int count, long seed) throws IOException {
        Path made = Files.createDirectories(folder.resolve(name));
        for (int i = 0; i < count; i++) {
            Rng rng = Rng.of(seed).fork(i);
            int shade = rng.nextInt(156);
            byte[] pixels = new byte[3 * SIDE * SIDE];
            for (int k = 0; k < pixels.length; k++) pixels[k] = (byte) (shade + rng.nextInt(100));
            PngFile.write(made.resolve(String.format(Locale.ROOT, "%02d.png", i)), new Picture(SIDE, SIDE, 3, pixels));
        }
        return made;
    }

    private static Neighbours between(Path drawn, Path real, int held, int references) throws IOException {
        return between(drawn, real, held, references, 4);
    }

    private static Neighbours between(Path drawn, Path real, int held, int references, int rows) throws IOException {
        EvaluationProtocol protocol = new EvaluationProtocol(3, held, 0, SmallSets.ALLOW);
        Judge judge = new Judge(new StubNetwork(), protocol, Progress.SILENT);
        Judge.Plan plan = new Judge.Plan(PLAIN, 100, references, Set.of(Measure.FID), null, Judge.PairSize.PREPARED);
        try (ImageDataset ours = DataSets.open(drawn.toString(), SIDE, 3);
                ImageDataset theirs = DataSets.open(real.toString(), SIDE, 3)) {
            return Neighbours.of(judge, new Stored(ours), new Stored(theirs), plan, rows);
        }
    }

    @Test
    void aCopyStandsBesideItsOriginalAndWhatIsNewDoesNot() throws IOException {
        Path real = pictures("real", 20, 1), drawn = pictures("drawn", 3, 2);
        Files.copy(real.resolve("07.png"), drawn.resolve("copy.png"));
        Neighbours found = between(drawn, real, 64, 20);
        assertThat(found.rows()).hasSize(4);
        assertThat(found.sheet().width()).isEqualTo(4 * SIDE + 3 * 2);
        for (int i = 0; i < 4; i++) {
            Neighbours.Row row = found.rows().get(i);
            boolean copy = row.picture().endsWith("copy.png");
            assertThat(row.real()).hasSize(3);
            assertThat(row.real().get(0).endsWith("07.png") && row.ratio() == 0).isEqualTo(copy);
            assertThat(cell(found, i, 0).equals(cell(found, i, 1))).isEqualTo(copy);
        }
        assertThat(found.rows()).extracting(Neighbours.Row::picture).anyMatch(name -> name.endsWith("copy.png"));
    }

    @Test
    void whatCannotBeReadIsPassedOverAndNoneIsNearestTwice() throws IOException {
        Path real = pictures("real", 20, 1), drawn = pictures("drawn", 20, 1);
        Path damaged = real.resolve("05.png");
        Files.write(damaged, Arrays.copyOf(Files.readAllBytes(damaged), 200));
        Neighbours found = between(drawn, real, 64, 20, 20);
        assertThat(found.rows())
                .flatExtracting(Neighbours.Row::real)
                .hasSize(60)
                .noneMatch(name -> name.endsWith("05.png"));
        for (int i = 0; i < found.rows().size(); i++) {
            Neighbours.Row row = found.rows().get(i);
            assertThat(row.real()).doesNotHaveDuplicates();
            if (row.picture().endsWith("05.png")) continue;
            assertThat(row.real().get(0))
                    .endsWith(row.picture().substring(row.picture().length() - 6));
            assertThat(cell(found, i, 0)).isEqualTo(cell(found, i, 1));
        }
        Neighbours kept = between(drawn, real, 64, 20, 20);
        assertThat(kept.rows()).as("of statistics that were kept").isEqualTo(found.rows());
    }

    private static Picture cell(Neighbours found, int row, int column) {
        return Images.crop(found.sheet(), column * (SIDE + 2), row * (SIDE + 2), SIDE, SIDE);
    }

    @Test
    void whatIsShownIsThePatchThatWasCompared() throws IOException {
        Preparation patches = new Preparation(SIDE / 2, 3, Preparation.Flip.NONE, Preparation.Crop.RANDOM);
        try (ImageDataset data = DataSets.open(pictures("real", 6, 1).toString(), SIDE, 3)) {
            Stored source = new Stored(data);
            List<Picture> compared = new ArrayList<>();
            source.batches(patches, 6, 4, Progress.SILENT)
                    .forEach(pixels -> compared.addAll(Images.pictures(Images.ofPixels(pixels))));
            for (int i = 0; i < 6; i++) assertThat(source.pixels(i, patches)).isEqualTo(compared.get(i));
        }
    }

    @Test
    void theyAreAmongAsManyAsAreHeldAndMoreThanThree() throws IOException {
        Path real = pictures("real", 70, 1), drawn = pictures("drawn", 3, 2), few = pictures("few", 3, 3);
        Files.copy(real.resolve("07.png"), drawn.resolve("copy.png"));
        assertThat(between(drawn, real, 64, 70).rows())
                .anySatisfy(row -> assertThat(row.real().get(0)).endsWith("07.png"))
                .hasSize(4);
        assertThatThrownBy(() -> between(drawn, few, 64, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("neighbours are looked for among more than 3 real pictures: 3");
    }
}
