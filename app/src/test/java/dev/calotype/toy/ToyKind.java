package dev.calotype.toy;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.Story;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** A kind that no other code knows: its line in the list of kinds is all that names it. */
public final class ToyKind implements Kind<ToyExperiment> {
    private static final Story STORY = new Story(
            "This is an autoencoder: a network that learned to tell a picture in a few numbers and to make it again of them."
                    + " Its loss is the mean squared error of the pictures that it makes.",
            Story.Worth.LOSS,
            "");

    @Override
    public String name() {
        return "toy";
    }

    @Override
    public Class<ToyExperiment> type() {
        return ToyExperiment.class;
    }

    @Override
    public Story story() {
        return STORY;
    }

    @Override
    public Set<Capability<?>> capabilities(ToyExperiment experiment) {
        return Set.of(Capability.DRAWS_IMAGES);
    }

    @Override
    public Task<?> task(ToyExperiment experiment, Policy policy, ImageDataset data, Path run) {
        return new ToyTask(experiment, data);
    }

    @Override
    public TrainedModel open(ToyExperiment experiment, Path runOrCheckpoint, Placement placement) throws IOException {
        return TrainedToy.open(experiment, runOrCheckpoint, placement);
    }
}
