package dev.calotype.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.Views;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.experiment.DataSets;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.metric.StubNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network names pictures by the brightest of their channels. */
class NamingTest {
    private static final Preparation PLAIN = new Preparation(4, 3, Preparation.Flip.NONE);

    @TempDir
    private Path folder;

    /** 40 of each class; every tenth of b is red. */
    @BeforeEach
    void write() throws IOException {
        String[] classes = {"b", "g", "r"};
        for (int c = 0; c < 3; c++) {
            Path to = Files.createDirectories(folder.resolve("data").resolve(classes[c]));
            for (int i = 0; i < 40; i++) {
                byte[] pixels = new byte[48];
                int shown = c == 0 && i % 10 == 0 ? 0 : 2 - c;
                for (int k = 0; k < 48; k += 3)
                    pixels[k + shown] = (byte) 255; // logits so far apart that the softmax of the others is 0
                PngFile.write(to.resolve(i + ".png"), new Picture(4, 4, 3, pixels));
            }
        }
    }

    private ImageDataset open() throws IOException {
        return DataSets.open(folder.resolve("data").toString(), 4, 3);
    }

    @Test
    void everyPictureIsNamedOnceAndClassesMeetByName() throws IOException {
        List<String> told = new ArrayList<>();
        try (ImageDataset data = open()) {
            Naming naming = Naming.of(
                    new StubNetwork(), data, PLAIN, 1000, (what, done, all) -> told.add(what + " " + done + "/" + all));
            assertThat(told).containsExactly("naming 64/120", "naming 120/120");
            assertThat(naming.classification().images()).isEqualTo(120);
            assertThat(naming.classification().top1()).isEqualTo(116 / 120.0);
            assertThat(naming.classification().confusion())
                    .containsExactly(List.of(40L, 0L, 0L), List.of(0L, 40L, 0L), List.of(4L, 0L, 36L));
            assertThat(naming.data()).isEqualTo(data.name());
            assertThat(naming.classifier()).isEqualTo("mean-colour");
            assertThat(naming.hash()).isEqualTo("0");
            assertThat(naming.imagesPerSecond()).isPositive().isLessThan(1e7);
            assertThat(Naming.of(new StubNetwork(), data, PLAIN, 70, Progress.SILENT)
                            .classification()
                            .images())
                    .isEqualTo(70);
        }
    }

    @Test
    void asManyAreNamedAsThereAreAndTenThousandOfADataSetWithoutEnd() throws IOException {
        try (ImageDataset data = open()) {
            assertThat(Naming.wanted(data, 119)).isEqualTo(119);
            assertThat(Naming.wanted(data, 121)).isEqualTo(120);
            assertThat(Naming.wanted(data, Long.MAX_VALUE)).isEqualTo(120);
        }
        assertThat(Naming.wanted(Rooms.test(32), Long.MAX_VALUE)).isEqualTo(10_000);
        assertThat(Naming.wanted(Rooms.test(32), 20_000)).isEqualTo(20_000);
    }

    @Test
    void viewsOfAPictureAreOnePictureAndFewPicturesAreSpreadOverAll() throws IOException {
        List<String> told = new ArrayList<>();
        try (ImageDataset data = open()) {
            Naming all = Naming.of(
                    new StubNetwork(),
                    data,
                    PLAIN,
                    new Views(1, 3),
                    Long.MAX_VALUE,
                    (what, done, of) -> told.add(what + " " + done + "/" + of));
            assertThat(told).hasSize(120).startsWith("naming 1/120").endsWith("naming 120/120");
            assertThat(all.classification().images()).isEqualTo(120);
            assertThat(all.classification().confusion())
                    .containsExactly(List.of(40L, 0L, 0L), List.of(0L, 40L, 0L), List.of(4L, 0L, 36L));
            assertThat(all.imagesPerSecond()).isPositive().isLessThan(1e7);
            assertThat(Naming.of(new StubNetwork(), data, PLAIN, Views.ONE, 3, Progress.SILENT)
                            .classification()
                            .confusion())
                    .as("the first of each class; that of b is red")
                    .containsExactly(List.of(1L, 0L, 0L), List.of(0L, 1L, 0L), List.of(1L, 0L, 0L));
        }
    }

    @Test
    void classesThatAreNotThereAreNamed() throws IOException {
        try (ImageDataset data = open()) {
            assertThat(Naming.labels(List.of("r", "g", "b"), data)).containsExactly(2, 1, 0);
            assertThatThrownBy(() -> Naming.labels(List.of("r", "g"), data))
                    .hasMessageContaining("has a class that the classifier does not know, which knows r, g: b");
            List<String> many = new ArrayList<>();
            for (int i = 0; i < 14; i++) many.add("c" + i);
            assertThatThrownBy(() -> Naming.labels(many, data)).hasMessageContaining("c10, c11 and 2 more: b");
            List<String> twelve = many.subList(0, 12);
            assertThatThrownBy(() -> Naming.labels(twelve, data)).hasMessageContaining("c11: b");
        }
        Path flat = folder.resolve("data/r");
        try (ImageDataset none = DataSets.open(flat.toString(), 4, 3)) {
            assertThatThrownBy(() -> Naming.labels(List.of("r"), none))
                    .hasMessageStartingWith("a classifier needs a data set with classes: ");
        }
    }

    @Test
    void labelsOfABatchPointIntoTheClassesOfTheClassifier() throws IOException {
        try (ImageDataset data = open();
                var batches = new dev.calotype.data.Batches(data, PLAIN, dev.calotype.data.Batches.Plan.of(8, 0))) {
            var batch = batches.next();
            int[] turned = Naming.relabelled(batch, 2, 1, 0).labels();
            for (int i = 0; i < 8; i++) assertThat(turned[i]).isEqualTo(2 - batch.labels()[i]);
            var unknown = batch.with(Columns.LABEL, new Column.Numbers(new int[] {0, 0, 0, -1, 0, 0, 0, 0}));
            assertThatThrownBy(() -> Naming.relabelled(unknown, 2, 1, 0))
                    .hasMessage("a picture of the data set has no class");
        }
    }
}
