package dev.calotype.toy;

import dev.calotype.data.Batch;
import dev.calotype.data.FixedBatch;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.ObjectiveTask;
import dev.calotype.experiment.Request;
import dev.calotype.image.Images;
import dev.calotype.image.PngFile;
import dev.calotype.judge.DuringTraining;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.BatchLoss;
import dev.calotype.train.Objective;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;

/** Teaches an autoencoder to make clean pictures of noisy ones. */
record ToyTask(ToyExperiment experiment, FixedBatch fixed) implements ObjectiveTask<Autoencoder> {
    ToyTask(ToyExperiment experiment, ImageDataset data) {
        this(experiment, new FixedBatch(data, experiment.data().preparation(), 64, 0));
    }

    @Override
    public Autoencoder network(Rng rng) {
        return experiment.autoencoder(rng);
    }

    @Override
    public Objective<Autoencoder> objective() {
        return (network, batch, rng) -> BatchLoss.of(loss(network, batch, rng));
    }

    private Tensor loss(Autoencoder network, Batch batch, Rng rng) {
        return Scope.tidy(() -> {
            Tensor clean = batch.images(Device.of(network)); // (N, C, H, W)
            Tensor noisy = Tensors.combine(1, clean, experiment.noise(), rng.normalLike(clean)); // (N, C, H, W)
            return network.decode(network.encode(noisy)).sub(clean).square().mean();
        });
    }

    @Override
    public Appraisal appraise(Autoencoder averaged) {
        double loss = Scope.read(() -> loss(averaged, fixed.get(), Rng.of(0)).item_double());
        return new Appraisal(
                loss,
                () -> DuringTraining.score(experiment, codes(averaged, DuringTraining.SEED), Device.of(averaged)));
    }

    @Override
    public void draw(Autoencoder averaged, Path file) throws IOException {
        var drawing = codes(averaged, experiment.seed());
        PngFile.write(file, Images.grid(Scope.read(() -> Images.pictures(drawing.images(0, 16))), 4, 2));
    }

    private TrainedToy.Codes codes(Autoencoder averaged, long seed) {
        return new TrainedToy.Codes(experiment, averaged, new Request(experiment.sampling(), seed, Request.ANY));
    }
}
