package dev.calotype.kind.classifier;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Selected;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.Story;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.model.NetworkCost;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.settings.Yaml;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The kind of networks that name what is in pictures. */
public final class ClassifierKind implements Kind<ClassifierExperiment> {
    private static final Story STORY = new Story(
            "This is a classifier, a Vision Transformer: it cuts a picture or clip into patches, lets them look at each other, and"
                    + " names what is in it. Its loss is the mean surprise about the right name, in nats; with mixed pictures or"
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

    /** The defaults of the architecture that the last of {@code layers} to do so names: its network has keys of its own. */
    @Override
    public ObjectNode defaults(List<ObjectNode> layers) {
        ObjectNode tree = Kind.super.defaults(layers);
        String architecture = Architecture.VIT;
        for (ObjectNode layer : layers)
            architecture = layer.path("network").path(Architecture.KEY).asText(architecture);
        if (architecture.equals(Architecture.VIT)) return tree;
        if (!architecture.equals(Architecture.VIVIT)) throw Architecture.unknown(architecture);
        ObjectNode clips = Yaml.resource(ClassifierKind.class, "classifier-vivit-defaults.yaml");
        tree.set("network", clips.remove("network"));
        Yaml.merge(tree, clips);
        return tree;
    }

    @Override
    public Story story() {
        return STORY;
    }

    @Override
    public Set<Capability<?>> capabilities(ClassifierExperiment experiment) {
        return experiment.network() instanceof Architecture.Clips
                ? Set.of(Capability.NAMES_CLASSES)
                : Set.of(Capability.NAMES_CLASSES, Capability.SERVES_JUDGES);
    }

    @Override
    public String which(Capability<?> capability) {
        return capability.equals(Capability.SERVES_JUDGES) ? "network.architecture must be vit" : "";
    }

    @Override
    public Set<String> classTables() {
        return Set.of("head.weight", "head.bias", "head_dist.weight", "head_dist.bias");
    }

    @Override
    public boolean learnsFromVideos() {
        return true;
    }

    @Override
    public Optional<NetworkCost> cost(ClassifierExperiment experiment) {
        return Optional.of(experiment.cost());
    }

    @Override
    public ImageDataset learnable(ClassifierExperiment experiment, ImageDataset data, Path run) throws IOException {
        return Selected.labelled(data);
    }

    @Override
    public Task<?> task(ClassifierExperiment experiment, Policy policy, ImageDataset data, Path run) {
        return ClassifierTask.of(experiment, policy, data);
    }

    @Override
    public TrainedModel open(ClassifierExperiment experiment, Path runOrCheckpoint, Placement placement)
            throws IOException {
        return experiment.network() instanceof Architecture.Clips clips
                ? TrainedClipClassifier.open(experiment, clips, runOrCheckpoint, placement)
                : TrainedClassifier.open(
                        experiment, (Architecture.Pictures) experiment.network(), runOrCheckpoint, placement);
    }
}
