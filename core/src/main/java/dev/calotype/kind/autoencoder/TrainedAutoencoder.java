package dev.calotype.kind.autoencoder;

import dev.calotype.checkpoint.latent.AutoencoderFolder;
import dev.calotype.experiment.offer.MakesLatents;
import dev.calotype.experiment.offer.WritesPipeline;
import dev.calotype.io.OutputFile;
import dev.calotype.model.latent.LatentNetwork;
import dev.calotype.nn.Blank;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * An autoencoder out of a run or a checkpoint, with the averaged weights and the statistics of its latents.
 *
 * @param network owned
 * @param step training steps behind the weights
 */
record TrainedAutoencoder(
        AutoencoderExperiment experiment,
        Scope.Owned<LatentNetwork> network,
        Placement placement,
        long step,
        String hash)
        implements MakesLatents, WritesPipeline {
    static TrainedAutoencoder open(AutoencoderExperiment experiment, Path source, Placement placement)
            throws IOException {
        LatentStatistics statistics = statistics(source);
        return TrainedFile.open(
                source,
                experiment,
                placement,
                () -> Blank.make(() -> experiment.network(statistics.scale())),
                (memory, averages) ->
                        new TrainedAutoencoder(experiment, memory, placement, averages.step(), averages.sha256()));
    }

    private static LatentStatistics statistics(Path source) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> kept = TrainedFile.group(source, "task").tensors();
            if (!LatentStatistics.in(kept)) throw new IOException(source + " lacks the statistics of its latents");
            return LatentStatistics.of(kept);
        }
    }

    @Override
    public LatentNetwork autoencoder() {
        return network.value();
    }

    @Override
    public List<String> writePipeline(Path folder) throws IOException {
        OutputFile.requireEmpty(folder);
        return AutoencoderFolder.write(folder, autoencoder());
    }

    @Override
    public void close() {
        network.close();
    }
}
