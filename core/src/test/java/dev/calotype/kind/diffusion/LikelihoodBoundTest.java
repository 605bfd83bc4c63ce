package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.Deviation;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Tiny;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.model.Condition;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LikelihoodBoundTest {
    @TempDir
    private Path folder;

    private static DiffusionModel model(String... overrides) {
        DiffusionExperiment experiment = Tiny.experiment(overrides);
        return Tiny.model(experiment.labelled() ? experiment.withClasses(List.of("bird", "cat", "dog")) : experiment);
    }

    /** Pictures in a folder for each class, the same ones whatever the classes are called. */
    private Path pictures(String name, String... classes) throws IOException {
        for (int c = 0; c < classes.length; c++)
            for (int i = 0; i < 4; i++) {
                byte[] pixels = new byte[3 * 64];
                Rng rng = Rng.of(10 * c + i);
                for (int k = 0; k < pixels.length; k++) pixels[k] = (byte) (rng.nextInt(60) + 20 * (k / 3 % 8));
                PngFile.write(
                        Files.createDirectories(folder.resolve(name).resolve(classes[c]))
                                .resolve(i + ".png"),
                        new Picture(8, 8, 3, pixels));
            }
        return folder.resolve(name);
    }

    private static double bits(DiffusionModel model, Path pictures) throws IOException {
        try (ImageDataset data = DataSets.open(pictures.toString(), 8, 3)) {
            return LikelihoodBound.of(model, data, 100, 3, Progress.SILENT).bitsPerDim();
        }
    }

    /** Folders of cats and dogs number them otherwise than a model that knows birds too. */
    @Test
    void classesAreThoseOfTheirNames() throws IOException {
        DiffusionModel model = model("condition.by=label");
        double named = bits(model, pictures("test", "cat", "dog"));
        assertThat(named)
                .as("not those of their numbers")
                .isNotEqualTo(bits(model, pictures("numbers", "bird", "cat")));
        assertThat(bits(model, pictures("others", "x", "y")))
                .as("of classes that it does not know: none")
                .isEqualTo(bits(model, flat(pictures("some", "cat", "dog"))));
    }

    /** The pictures of {@link #pictures} without classes, in the same order. */
    private Path flat(Path classes) throws IOException {
        Path flat = Files.createDirectory(folder.resolve("flat"));
        for (String name : List.of("cat", "dog"))
            for (int i = 0; i < 4; i++)
                Files.copy(classes.resolve(name).resolve(i + ".png"), flat.resolve(name + i + ".png"));
        return flat;
    }

    @Test
    void whatIsPredictedOfImagesIsTheSameHoweverFewAreShownAtOnce() {
        DiffusionModel model = model("condition.by=label");
        Condition told = Condition.ofLabels(0, 1, 2, 3, 0);
        Scope.run(() -> {
            Tensor noisy = Rng.of(1).normal(5, 3, 8, 8), times = Tensors.of(new float[] {1, 200, 300, 900, 5}, 5);
            Tensor together = Scope.inference(() -> model.predictor(told).predict(noisy, times));
            Tensor apart = Scope.inference(
                    () -> LikelihoodBound.predictor(model, told, 2).predict(noisy, times));
            assertThat(Deviation.largest(apart, together)).isLessThan(1e-5);
        });
    }

    @Test
    void picturesAreMeasuredAsTheyAre() throws IOException {
        Path pictures = pictures("test", "cat", "dog");
        assertThat(bits(model("data.flip=random"), pictures)).isEqualTo(bits(model("data.flip=none"), pictures));
    }
}
