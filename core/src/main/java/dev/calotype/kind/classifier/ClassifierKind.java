package dev.calotype.kind.classifier;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.Story;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.model.NetworkCost;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** The kind of networks that name what is in pictures. */
public final class ClassifierKind implements Kind<ClassifierExperiment> {
    private static final Story STORY = new Story(
            "This is a classifier, a Vision Transformer: it cuts a picture into patches, lets them look at each other, and names"
                    + " what is in it. Its loss is the mean surprise about the right name, in nats; with mixed pictures or"
                    + " smoothed labels it cannot reach 0.",
            Story.Worth.ERROR,
            "");

    @Override
    public String name() {
        return "classifier";
    }

    @Override
    public Class<ClassifierExperiment> type() {
        return ClassifierExperiment.class;
    }

    @Override
    public Story story() {
        return STORY;
    }

    @Override
    public Set<Capability<?>> capabilities(ClassifierExperiment experiment) {
        return Set.of(Capability.NAMES_CLASSES, Capability.SERVES_JUDGES);
    }

    @Override
    public Optional<NetworkCost> cost(ClassifierExperiment experiment) {
        return Optional.of(experiment.cost());
    }

    @Override
    public Task<?> task(ClassifierExperiment experiment, Policy policy, ImageDataset data) {
        return ClassifierTask.of(experiment, policy, data);
    }

    @Override
    public TrainedModel open(ClassifierExperiment experiment, Path runOrCheckpoint, Placement placement)
            throws IOException {
        return TrainedClassifier.open(experiment, runOrCheckpoint, placement);
    }
}
