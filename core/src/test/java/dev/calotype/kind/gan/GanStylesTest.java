package dev.calotype.kind.gan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Deviation;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.WalksBetween.End;
import dev.calotype.experiment.WalksBetween.Frames;
import dev.calotype.model.StyleGan2Generator;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.sampling.Interpolation;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.train.StyleProjection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GanStylesTest {
    private static final String RECIPE = "kind: gan\ndata: {size: 16}\n"
            + "network: {architecture: stylegan2, latent: 8, style: 12, mapping: 2, base: 128, widest: 8}";
    private static final GanExperiment EXPERIMENT = (GanExperiment) Recipe.parse(RECIPE, List.of());

    @TempDir
    private Path runs;

    private static GanStyles styles() {
        return GanStyles.of(new GanModel(EXPERIMENT, EXPERIMENT.generator(Rng.of(1))));
    }

    @Test
    void truncationLeavesAllImagesAsTheyAreOrMakesThemTheMeanOne() {
        Scope.run(() -> {
            GanStyles styles = styles();
            Tensor free = styles.model().drawing(7, Request.ANY).images(0, 3);
            assertThat(Deviation.largest(styles.truncated(7, 1).images(0, 3), free))
                    .isLessThan(1e-5);
            Tensor half = styles.truncated(7, 0.5).images(0, 3),
                    none = styles.truncated(7, 0).images(0, 3);
            assertThat(Deviation.largest(none, styles.images(styles::mean).expand(3, 3, 16, 16)))
                    .isLessThan(1e-5);
            assertThat(spread(half)).isBetween(0.1 * spread(free), 0.9 * spread(free));
            assertThat(Deviation.largest(styles.truncated(7, 0.5).images(2, 1), half.narrow(0, 2, 1)))
                    .isLessThan(1e-5);
        });
    }

    private static double spread(Tensor images) {
        return images.sub(images.mean(0)).square().mean().sqrt().item_double();
    }

    @Test
    void aWalkJoinsTheFirstImagesOfTwoSeedsThroughTheMiddleOfTheirStyles() {
        Scope.run(() -> {
            GanStyles styles = styles();
            Tensor walk = styles.walk(End.firstOf(3), End.firstOf(4), new Frames(3, 0, 3), 1); // (3, C, H, W)
            GanModel model = styles.model();
            for (int end = 0; end < 2; end++)
                assertThat(Deviation.largest(
                                walk.narrow(0, 2 * end, 1),
                                model.drawing(3 + end, Request.ANY).images(0, 1)))
                        .isLessThan(1e-5);
            StyleGan2Generator g = styles.generator();
            Tensor middle = g.styles(model.latent(3, 0, 1)).add(g.styles(model.latent(4, 0, 1)));
            assertThat(Deviation.largest(walk.narrow(0, 1, 1), styles.images(() -> middle.div(new Scalar(2.0)))))
                    .isLessThan(1e-5);
        });
    }

    @Test
    void aWalkIsTruncatedAsItsEndsAre() throws IOException {
        List<String> small = List.of(
                "training.minutes=0", "training.steps=1", "training.batch=2", "data.source=rooms", "data.size=32");
        Path run = Training.start(Recipe.parse(RECIPE, small), runs, TrainingObserver.SILENT)
                .run()
                .root();
        Placement placement = new Placement(Device.CPU, Precision.FP32);
        try (TrainedGan model = TrainedGan.open(run, placement)) {
            Request half = new Request(new GanSampling(0.5), 3, Request.ANY);
            End from = new End(3, 1), to = End.firstOf(3);
            Scope.run(() -> {
                Tensor drawn = model.drawing(half).images(0, 2), way = model.way(half, from, to, 2);
                assertThat(Deviation.largest(way.flip(0), drawn)).isLessThan(1e-5);
                Tensor starts = model.starts(to, from, Interpolation.SLERP, 2);
                assertThat(Deviation.largest(model.images(half, starts), drawn)).isLessThan(1e-5);
            });
        }
    }

    @Test
    void anImageOfTheModelIsFoundAgain() {
        Scope.run(() -> {
            GanStyles styles = styles();
            Tensor target = styles.truncated(5, 1).images(0, 1);
            Tensor w = styles.project(target, new StyleProjection(150, 0.1, 200));
            assertThat(Deviation.relative(styles.images(() -> w), target))
                    .isLessThan(0.3 * Deviation.relative(styles.images(styles::mean), target));
        });
    }

    @Test
    void aModelWithoutStylesIsToldSo() {
        GanExperiment dcgan = (GanExperiment) Recipe.parse("kind: gan\nname: plain", List.of());
        assertThatThrownBy(() -> GanStyles.require(dcgan, "--truncation"))
                .hasMessage("--truncation needs a model with styles (network.architecture stylegan2), unlike plain");
        assertThatThrownBy(() -> styles().truncated(1, 3)).hasMessage("truncation must be in 0..2: 3");
    }
}
