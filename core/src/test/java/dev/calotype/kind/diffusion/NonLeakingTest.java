package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Tiny;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class NonLeakingTest {
    /** A picture that is bright at the right, mirrored in half of the steps: a model that is told draws it as it is. */
    @Test
    void whatIsToldIsNotDrawn() {
        DiffusionExperiment experiment = Tiny.experiment(
                "process.steps=100",
                "process.parameterization=velocity",
                "nonLeaking.probability=0.1",
                "nonLeaking.flip=false",
                "nonLeaking.scale=0",
                "nonLeaking.rotation=0",
                "nonLeaking.stretch=0",
                "nonLeaking.shift=0");
        byte[] pixels = new byte[4 * 3 * 64];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (20 + i % 8 * 30);
        Batch picture = Batch.ofPixels(pixels, new int[4], 3, 8);
        Lesson.taught(experiment, picture, 100, model -> {
            var request = new Request(new SamplingSettings(Method.DDIM, 10, 0, 1), 7, Columns.NONE);
            Tensor as = picture.images().narrow(0, 0, 1), drawn = model.sample(request, 0, 4);
            for (int i = 0; i < 4; i++) {
                Tensor one = drawn.narrow(0, i, 1);
                assertThat(Lesson.rms(one, as)).isLessThan(Lesson.rms(one, as.flip(3)) / 4);
            }
        });
    }

    @Test
    void onlyPicturesAreChanged() {
        assertThatThrownBy(() -> Tiny.experiment(
                        "nonLeaking.probability=0.1", "condition.by=smaller", "data.size=16", "enlarging.from=8"))
                .hasMessageContaining(
                        "nonLeaking.probability must be 0 where latent.autoencoder is given or condition.by"
                                + " is smaller: 0.1");
        assertThatThrownBy(() -> Tiny.experiment("nonLeaking.rotation=1.5"))
                .hasMessageContaining("nonLeaking.rotation must be in 0..1: 1.5");
    }
}
