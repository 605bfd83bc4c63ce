package dev.calotype.kind.denoiser;

import dev.calotype.experiment.offer.RemovesNoise;
import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.nn.Blank;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A denoiser out of a run or a checkpoint, with the averaged weights.
 *
 * @param network owned
 * @param step training steps behind the weights
 */
record TrainedDenoiser(
        DenoiserExperiment experiment, Scope.Owned<DenoisingUNet> network, Placement placement, long step, String hash)
        implements RemovesNoise {
    static TrainedDenoiser open(DenoiserExperiment experiment, Path source, Placement placement) throws IOException {
        return TrainedFile.open(
                source,
                experiment,
                placement,
                () -> Blank.make(() -> new DenoisingUNet(experiment.network())),
                (memory, averages) ->
                        new TrainedDenoiser(experiment, memory, placement, averages.step(), averages.sha256()));
    }

    @Override
    public boolean fillsHoles() {
        return experiment.holes().share() > 0;
    }

    @Override
    public void close() {
        network.close();
    }
}
