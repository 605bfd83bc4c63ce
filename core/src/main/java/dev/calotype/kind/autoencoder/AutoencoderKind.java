package dev.calotype.kind.autoencoder;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.Story;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.experiment.offer.MakesLatents;
import dev.calotype.experiment.offer.WritesPipeline;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** The kind of autoencoders for latent diffusion. */
public final class AutoencoderKind implements Kind<AutoencoderExperiment> {
    private static final Story STORY = new Story(
            "This is an autoencoder: a network that makes small latents of pictures, and pictures of latents, so that a"
                    + " diffusion model has less to draw. Its loss is how far pictures are that come back.",
            Story.Worth.LOSS,
            "");

    @Override
    public String name() {
        return "autoencoder";
    }

    @Override
    public Class<AutoencoderExperiment> type() {
        return AutoencoderExperiment.class;
    }

    @Override
    public Story story() {
        return STORY;
    }

    @Override
    public Set<Capability<?>> capabilities(AutoencoderExperiment experiment) {
        return Set.of(MakesLatents.CAPABILITY, WritesPipeline.CAPABILITY);
    }

    @Override
    public Task<?> task(AutoencoderExperiment experiment, Policy policy, ImageDataset data, Path run) {
        return new AutoencoderTask(experiment, data);
    }

    @Override
    public TrainedModel open(AutoencoderExperiment experiment, Path runOrCheckpoint, Placement placement)
            throws IOException {
        return TrainedAutoencoder.open(experiment, runOrCheckpoint, placement);
    }
}
