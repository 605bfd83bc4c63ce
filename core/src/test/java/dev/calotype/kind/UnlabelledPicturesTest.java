package dev.calotype.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.BlendedDataset;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Selected;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Recipe;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.nn.Recomputation.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of five pictures a list names the class of four. */
class UnlabelledPicturesTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void pictures() throws IOException {
        for (int i = 0; i < 5; i++)
            PngFile.write(folder.resolve(i + ".png"), new Picture(16, 16, 3, new byte[3 * 16 * 16]));
        Files.writeString(folder.resolve("labels.csv"), "id,label\n0,cat\n1,dog\n3,cat\n4,dog\n");
    }

    private Experiment experiment(String kind, String... more) {
        List<String> all = new ArrayList<>(List.of("data.source=" + folder, "data.size=32"));
        all.addAll(List.of(more));
        return Recipe.parse("kind: " + kind + "\n", all);
    }

    @ParameterizedTest
    @CsvSource({
        "classifier, training.batch=4, 4",
        "gan, condition.by=label, 4",
        "gan, condition.by=none, 5",
        "diffusion, condition.by=label, 5",
        "diffusion, condition.by=none, 5"
    })
    void theyAreLeftOutWhereEachPictureIsToldItsClass(String kind, String setting, int left) throws IOException {
        Experiment experiment = experiment(kind, setting);
        ImageDataset opened = DataSets.open(experiment.data());
        try (ImageDataset data = Kinds.of(experiment).learnable(experiment, opened, Path.of(""))) {
            assertThat(data.size()).isEqualTo(left);
            if (left < 5)
                for (long i = 0; i < left; i++) assertThat(data.read(i).label()).isNotNegative();
            assertThat(data.sampleName(left - 1)).endsWith("4.png");
        }
    }

    @Test
    void aClassifierIsTestedOnTheOthers() throws IOException {
        Experiment experiment = experiment("classifier", "test.source=" + folder, "training.batch=4");
        try (ImageDataset data = Selected.labelled(DataSets.open(experiment.data()))) {
            Experiment settled = experiment.withData(data);
            assertThat(Kinds.of(settled).task(settled, Policy.NEVER, data, Path.of("")))
                    .isNotNull();
        }
    }

    @Test
    void whereNoneIsLeftItIsSaid() throws IOException {
        Files.delete(folder.resolve("labels.csv"));
        try (ImageDataset data = new BlendedDataset(DataSets.open(folder.toString(), 32, 3), List.of("cat", "dog"))) {
            assertThatThrownBy(() -> Selected.labelled(data))
                    .isInstanceOf(IOException.class)
                    .hasMessage(folder + " has no picture of a class, which is learned");
        }
    }
}
