package dev.calotype.kind.denoiser;

import dev.calotype.data.Batch;
import dev.calotype.data.FixedBatch;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.ObjectiveTask;
import dev.calotype.image.Images;
import dev.calotype.image.PngFile;
import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.BatchLoss;
import dev.calotype.train.Objective;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Trains a denoiser by the mean absolute error of what it makes of noisy pictures. */
final class DenoiserTask implements ObjectiveTask<DenoisingUNet> {
    private static final int VALIDATION_IMAGES = 32;
    private static final int SHOWN = 8;
    private static final long VALIDATION_SEED = 0x5EED;

    private final DenoiserExperiment experiment;
    private final FixedBatch fixed;

    DenoiserTask(DenoiserExperiment experiment, ImageDataset data) {
        this.experiment = experiment;
        fixed = new FixedBatch(data, experiment.data().preparation(), VALIDATION_IMAGES, VALIDATION_SEED);
    }

    @Override
    public DenoisingUNet network(Rng rng) {
        DenoisingUNet network = new DenoisingUNet(experiment.network(), rng);
        experiment.init().into(network);
        return network;
    }

    @Override
    public Objective<DenoisingUNet> objective() {
        return (network, batch, rng) -> BatchLoss.of(loss(network, batch, rng));
    }

    @Override
    public Appraisal appraise(DenoisingUNet averaged) {
        Rng rng = Rng.of(0);
        return Appraisal.of(fixed.get()
                .mean(
                        experiment.training().largestPart(),
                        part -> Scope.read(() -> loss(averaged, part, rng).item_double())));
    }

    private Tensor loss(DenoisingUNet network, Batch batch, Rng rng) {
        return Scope.tidy(() -> {
            Tensor clean = batch.images(Device.of(network)); // (N, 3, H, W)
            NoisyPictures lesson = lesson(network, clean, rng);
            return network.denoise(lesson.noisy(), lesson.sigma())
                    .sub(clean)
                    .abs()
                    .mul(lesson.weight())
                    .mean();
        });
    }

    /** Without gradients; its tensors belong to the caller's scope. */
    private NoisyPictures lesson(DenoisingUNet network, Tensor clean, Rng rng) {
        try (NoGradGuard guard = new NoGradGuard()) {
            HoleSettings holes = experiment.holes();
            return NoisyPictures.of(clean, experiment.noise(), holes, rng).again(network, holes, rng);
        }
    }

    /** Noisy pictures above what becomes of them. */
    @Override
    public void draw(DenoisingUNet averaged, Path file) throws IOException {
        PngFile.write(
                file,
                Images.grid(
                        Scope.read(() -> {
                            Tensor clean = fixed.get().first(SHOWN).images(Device.of(averaged)); // (8, 3, H, W)
                            NoisyPictures lesson = lesson(averaged, clean, Rng.of(0));
                            Tensor answer = averaged.denoise(lesson.noisy(), lesson.sigma());
                            return Images.pictures(Tensors.cat(0, lesson.noisy(), answer));
                        }),
                        SHOWN,
                        2));
    }
}
