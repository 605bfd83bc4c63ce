package dev.calotype.drawing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.DataSource;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Tiny;
import dev.calotype.experiment.WalksBetween;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureKind;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.kind.diffusion.TrainedDiffusion;
import dev.calotype.kind.gan.TrainedGan;
import dev.calotype.run.TrainedFile;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.sampling.Interpolation;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a program meets that draws from models of every kind, none of which has classes. */
class GalleryTest {
    private static final Placement PLACEMENT = new Placement(Device.CPU, Precision.FP32);
    private static final List<String> GAN = List.of(
            "data.source=rooms",
            "data.size=32",
            "network.generator.latent=4",
            "network.generator.width=4",
            "network.discriminator.width=4",
            "training.minutes=0",
            "training.steps=1",
            "training.batch=4",
            "training.workers=1",
            "training.precision=fp32",
            "training.ema=[0.9]",
            "evaluation.duringTraining=64");

    @TempDir
    private static Path runs;

    private static Path diffusion;
    private static Path gan;

    @BeforeAll
    static void trained() throws IOException {
        Path pictures = Tiny.pictures(runs.resolve("pictures"));
        var experiment = Tiny.experiment("data.source=" + pictures, "training.steps=1", "sampling.method=ddim");
        diffusion =
                Training.start(experiment, runs, TrainingObserver.SILENT).run().root();
        gan = Training.start(Recipe.parse("kind: gan", GAN), runs, TrainingObserver.SILENT)
                .run()
                .root();
    }

    static Stream<Path> models() {
        return Stream.of(diffusion, gan);
    }

    @ParameterizedTest
    @MethodSource("models")
    void anArrayHoldsTheImagesOfAFolder(Path run) throws IOException {
        try (DrawsImages model = TrainedFile.open(run, Capability.DRAWS_IMAGES, PLACEMENT)) {
            Gallery gallery = new Gallery(model, Progress.SILENT);
            Request request = new Request(model.experiment().sampling(), 7, -1);
            Path folder = runs.resolve("single-" + run.getFileName());
            gallery.sample(request, 3, folder);
            for (String name : List.of("array.npz", "array.npy")) {
                Path file = runs.resolve(run.getFileName() + name);
                gallery.sample(request, 3, file);
                try (ImageDataset array = DataSource.open(file.toString(), 3);
                        ImageDataset singles = DataSource.open(folder.toString(), 3)) {
                    assertThat(array.size()).isEqualTo(3);
                    for (int i = 0; i < 3; i++)
                        assertThat(array.read(i).image())
                                .isEqualTo(singles.read(i).image());
                }
            }
        }
    }

    @Test
    void aGridIsWhatTheEndOfItsNameSays() throws IOException {
        try (WalksBetween model = TrainedFile.open(diffusion, Capability.WALKS_BETWEEN, PLACEMENT)) {
            Gallery gallery = new Gallery(model, Progress.SILENT);
            Request request = new Request(model.experiment().sampling(), 7, -1);
            for (PictureKind kind : List.of(PictureKind.PNG, PictureKind.JPEG, PictureKind.WEBP)) {
                Path grid = runs.resolve("grid." + kind.extensions().get(0));
                gallery.sample(request, 2, grid);
                assertThat(PictureKind.ofContent(Files.readAllBytes(grid))).contains(kind);
                Path row = runs.resolve("row." + kind.extensions().get(0));
                gallery.interpolate(request, 8, Interpolation.SLERP, 2, row);
                assertThat(PictureKind.ofContent(Files.readAllBytes(row))).contains(kind);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void imagesInMemoryAreThoseOfTheFiles(Path run) throws IOException {
        try (WalksBetween model = TrainedFile.open(run, Capability.WALKS_BETWEEN, PLACEMENT)) {
            Gallery gallery = new Gallery(model, Progress.SILENT);
            List<BufferedImage> images = gallery.images(7, 3);
            Path folder = runs.resolve("files-" + run.getFileName());
            gallery.sample(new Request(model.experiment().sampling(), 7, -1), 3, folder);
            assertThat(images).hasSize(3);
            for (int i = 0; i < 3; i++) {
                BufferedImage file =
                        ImageIO.read(folder.resolve("00000" + i + ".png").toFile());
                assertThat(Picture.of(images.get(i), 3)).isEqualTo(Picture.of(file, 3));
            }
            assertThat(pixels(images)).isNotEqualTo(pixels(gallery.images(8, 3)));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aWayBeginsAndEndsAtImagesOfAnyNumber(Path run) throws IOException {
        try (WalksBetween model = TrainedFile.open(run, Capability.WALKS_BETWEEN, PLACEMENT)) {
            Request request = new Request(model.experiment().sampling(), 7, -1);
            WalksBetween.End from = new WalksBetween.End(7, 2), to = new WalksBetween.End(7, 0);
            float[] ends = Scope.read(() -> Tensors.floats(model.way(request, from, to, 2)));
            float[] drawn =
                    Scope.read(() -> Tensors.floats(model.drawing(request).images(0, 3)));
            int values = drawn.length / 3;
            assertThat(Arrays.copyOf(ends, values))
                    .usingComparatorWithPrecision(1e-3f)
                    .containsExactly(Arrays.copyOfRange(drawn, 2 * values, 3 * values));
            assertThat(Arrays.copyOfRange(ends, values, 2 * values))
                    .usingComparatorWithPrecision(1e-3f)
                    .containsExactly(Arrays.copyOf(drawn, values));
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aWayIsDrawnPieceByPieceAndEndsWhereItsWatcherSaysSo(Path run) throws IOException {
        try (WalksBetween model = TrainedFile.open(run, Capability.WALKS_BETWEEN, PLACEMENT)) {
            Request request = new Request(model.experiment().sampling(), 7, -1);
            WalksBetween.End from = WalksBetween.End.firstOf(1), to = WalksBetween.End.firstOf(2);
            float[] whole = Scope.read(() -> Tensors.floats(model.way(request, from, to, 4)));
            List<Integer> steps = new ArrayList<>();
            float[] last = Scope.read(() -> Tensors.floats(
                    model.way(request, from, to, new WalksBetween.Frames(4, 2, 2), (done, all, predicted) -> {
                        steps.add(done);
                        assertThat(all).isGreaterThanOrEqualTo(done);
                    })));
            assertThat(last)
                    .usingComparatorWithPrecision(1e-3f)
                    .containsExactly(Arrays.copyOfRange(whole, whole.length / 2, whole.length));
            assertThat(steps).startsWith(1).doesNotHaveDuplicates();
            assertThatThrownBy(() ->
                            model.way(request, from, to, new WalksBetween.Frames(4, 0, 4), (done, all, predicted) -> {
                                throw new CancellationException("enough");
                            }))
                    .isInstanceOf(CancellationException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void threadsThatDrawAtTheSameTimeDrawWhatOneDraws(Path run) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (WalksBetween model = TrainedFile.open(run, Capability.WALKS_BETWEEN, PLACEMENT)) {
            Gallery gallery = new Gallery(model, Progress.SILENT);
            List<Future<List<Picture>>> drawn = new ArrayList<>();
            for (int seed = 0; seed < 24; seed++) {
                int own = seed % 8;
                drawn.add(threads.submit(() -> pixels(gallery.images(own, 2))));
            }
            for (int seed = 0; seed < 24; seed++)
                assertThat(drawn.get(seed).get()).isEqualTo(pixels(gallery.images(seed % 8, 2)));
        } finally {
            threads.shutdown();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void aModelThatWasClosedSaysSo(Path run) throws IOException {
        WalksBetween model = TrainedFile.open(run, Capability.WALKS_BETWEEN, PLACEMENT);
        Request request = new Request(model.experiment().sampling(), 0, -1);
        Drawing drawing = model.drawing(request);
        model.close();
        model.close();
        String closed = "this was closed, and its memory is free: open it again";
        assertThatIllegalStateException()
                .isThrownBy(() -> new Gallery(model, Progress.SILENT).images(0, 1))
                .withMessage(closed);
        assertThatIllegalStateException().isThrownBy(() -> drawing.images(0, 1)).withMessage(closed);
        assertThatIllegalStateException()
                .isThrownBy(() -> model.between(request, 1, Interpolation.SLERP, 2))
                .withMessage(closed);
        assertThatIllegalStateException()
                .isThrownBy(() -> model.way(request, 1, 2))
                .withMessage(closed);
        assertThatIllegalStateException()
                .isThrownBy(() -> {
                    if (model instanceof TrainedDiffusion diffusion) diffusion.model();
                    else ((TrainedGan) model).model();
                })
                .withMessage(closed);
        assertThat(model.experiment().name()).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("models")
    void aClassOfAModelWithoutClassesIsRefused(Path run) throws IOException {
        try (WalksBetween model = TrainedFile.open(run, Capability.WALKS_BETWEEN, PLACEMENT)) {
            Request request = new Request(model.experiment().sampling(), 0, 3);
            String refusal = "class must be left out, the model was trained without classes: 3";
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Gallery(model, Progress.SILENT).images(request, 1))
                    .withMessage(refusal);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.drawing(request))
                    .withMessage(refusal);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.between(request, 1, Interpolation.SLERP, 2))
                    .withMessage(refusal);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.way(request, 1, 2))
                    .withMessage(refusal);
        }
    }

    @Test
    void whatADiffusionModelCannotDoIsRefusedWhenItIsAskedFor() throws IOException {
        try (TrainedDiffusion model = TrainedDiffusion.open(diffusion, PLACEMENT)) {
            var method = SamplingSettings.Method.DDIM;
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.drawing(new Request(new SamplingSettings(method, 2, 0, 4), 0, -1)))
                    .withMessage("guidance must be 1, tiny was trained without classes: 4.0");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.drawing(new Request(new SamplingSettings(method, 9, 0, 1), 0, -1)))
                    .withMessage("the sampler's steps must be in 1..3: 9");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Gallery(model, Progress.SILENT).images(0, 0))
                    .withMessage("count must be in 1..100000: 0");
        }
    }

    @Test
    void openingWhatIsNoRunIsAnIllegalArgument() {
        Path nowhere = runs.resolve("nowhere");
        String refusal = "there is no run " + nowhere + "; runs are listed under runs/";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainedFile.open(nowhere, PLACEMENT))
                .withMessage(refusal);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainedDiffusion.open(nowhere, PLACEMENT))
                .withMessage(refusal);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainedGan.open(nowhere, PLACEMENT))
                .withMessage(refusal);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainedFile.open(nowhere, Capability.RESTORES_PICTURES, PLACEMENT))
                .withMessage(refusal);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainedGan.open(diffusion, PLACEMENT))
                .withMessage(diffusion + " is not a gan");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrainedDiffusion.open(gan, PLACEMENT))
                .withMessage(gan + " is not a diffusion model");
    }

    @Test
    void drawingLeavesNoMemoryBehind() throws IOException {
        try (WalksBetween model = TrainedFile.open(diffusion, Capability.WALKS_BETWEEN, PLACEMENT)) {
            Gallery gallery = new Gallery(model, Progress.SILENT);
            gallery.images(0, 2);
            long before = Scope.live();
            gallery.images(1, 2);
            assertThat(Scope.live()).isLessThanOrEqualTo(before);
        }
    }

    private static List<Picture> pixels(List<BufferedImage> images) {
        return images.stream().map(image -> Picture.of(image, 3)).toList();
    }
}
