package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Deviation;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.RestoresPictures;
import dev.calotype.experiment.Tiny;
import dev.calotype.run.TrainedFile;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoringPriorTest {
    private static final NoiseLevel LEVEL = NoiseSchedule.cosine(3).level(1);
    private static final Placement CPU = new Placement(Device.CPU, Precision.FP32);

    @TempDir
    private Path folder;

    private Path run(String... overrides) throws IOException {
        Path pictures = Tiny.pictures(folder.resolve("pictures"));
        List<String> all = new ArrayList<>(List.of(overrides));
        all.add("data.source=" + pictures);
        all.add("process.parameterization=velocity");
        return Training.start(
                        Tiny.experiment(all.toArray(String[]::new)), folder.resolve("runs"), TrainingObserver.SILENT)
                .run()
                .root();
    }

    @Test
    void aRunIsAPriorOfPicturesOfAnySizeAndColour() throws IOException {
        Path run = run("network.multipliers=[1, 1]");
        try (RestoresPictures prior = TrainedFile.open(run, Capability.RESTORES_PICTURES, CPU);
                TrainedDiffusion trained = TrainedDiffusion.open(run, CPU)) {
            assertThat(prior.hash()).isEqualTo(trained.hash());
            assertThat(prior.step()).isEqualTo(12);
            Scope.run(() -> {
                for (long[] shape : new long[][] {{1, 3, 1, 1}, {2, 3, 7, 12}, {1, 1, 5, 5}, {1, 3, 300, 10}}) {
                    Tensor noisy = Rng.of(1).normal(shape);
                    Tensor clean = prior.prior((int) shape[1]).denoiser().denoise(noisy, LEVEL);
                    assertThat(Tensors.shape(clean)).isEqualTo(shape);
                }
                Tensor noisy = Rng.of(1).normal(1, 3, 8, 8);
                Tensor plain = Scope.inference(() -> trained.model()
                        .denoiser(new int[0], 1)
                        .denoise(noisy, LEVEL)); // with gradients there is dropout
                assertThat(Deviation.largest(
                                Scope.inference(() -> prior.prior(3).denoiser().denoise(noisy, LEVEL)), plain))
                        .isLessThan(1e-6);
            });
            assertThatThrownBy(() -> prior.prior(2)).hasMessage("channels must be 1 (grey) or 3 (colour): 2");
        }
    }

    @Test
    void aModelThatWantsClassesIsRefused() throws IOException {
        Path run = run("condition.by=label");
        assertThatThrownBy(() -> TrainedFile.open(run, Capability.RESTORES_PICTURES, CPU))
                .hasMessageEndingWith(
                        "it is of kind diffusion; a prior must be trained without classes, not in latents, not distilled,"
                                + " and not by a transformer of learned positions");
    }
}
