package dev.calotype.kind.denoiser;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.Story;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.experiment.offer.RemovesNoise;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** The kind of the network that takes noise away. */
public final class DenoiserKind implements Kind<DenoiserExperiment> {
    private static final Story STORY = new Story(
            "This is a denoiser: a network that is told how much noise a picture has, and takes it away. Its loss is the mean"
                    + " absolute error, where white and black are two apart.",
            Story.Worth.LOSS,
            "");

    @Override
    public String name() {
        return "denoiser";
    }

    @Override
    public Class<DenoiserExperiment> type() {
        return DenoiserExperiment.class;
    }

    @Override
    public Story story() {
        return STORY;
    }

    @Override
    public Set<Capability<?>> capabilities(DenoiserExperiment experiment) {
        return Set.of(RemovesNoise.CAPABILITY);
    }

    @Override
    public Task<?> task(DenoiserExperiment experiment, Policy policy, ImageDataset data, Path run) {
        return new DenoiserTask(experiment, data);
    }

    @Override
    public TrainedModel open(DenoiserExperiment experiment, Path runOrCheckpoint, Placement placement)
            throws IOException {
        return TrainedDenoiser.open(experiment, runOrCheckpoint, placement);
    }
}
