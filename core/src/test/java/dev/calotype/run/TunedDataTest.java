package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Tiny;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model of the classes bright and dark goes on with. */
class TunedDataTest {
    @TempDir
    private Path folder;

    private Path pictures(String... names) throws IOException {
        Path root = Files.createTempDirectory(folder, "data");
        for (String name : names) {
            Files.createDirectories(root.resolve(name).getParent());
            PngFile.write(root.resolve(name), new Picture(16, 16, 3, new byte[3 * 16 * 16]));
        }
        return root;
    }

    private static Experiment of(Path data, Path rehearsed) {
        return Tiny.experiment(
                "data.source=" + data,
                "condition.by=label",
                "condition.classes=[bright, dark]",
                "training.tune.from=base",
                "training.tune.rehearsal.source=" + rehearsed);
    }

    @Test
    void aSingleFolderIsAClass() throws IOException {
        try (ImageDataset data = TunedData.open(of(pictures("gem/1.png", "gem/2.png"), pictures("dark/1.png")))) {
            assertThat(data.classes()).containsExactly("bright", "dark", "gem");
            assertThat(data.label(0)).isEqualTo(2);
            assertThat(data.label(data.size() - 1)).isEqualTo(1);
        }
    }

    @Test
    void whatIsRehearsedHasNoNewClassAndPicturesWithoutAFolderHaveNone() throws IOException {
        try (ImageDataset data = TunedData.open(of(pictures("gem/1.png"), pictures("photos/1.png")))) {
            assertThat(data.classes()).containsExactly("bright", "dark", "gem");
            assertThat(data.label(data.size() - 1)).isEqualTo(-1);
        }
        for (Path none :
                new Path[] {pictures("1.png"), pictures("1.png", "gem/2.png"), pictures("train/1.png", "val/1.png")})
            assertThatThrownBy(() -> TunedData.open(of(none, pictures("dark/1.png"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("put its pictures into folders named by their class");
    }
}
