package dev.calotype.kind.gan;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Selected;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.Story;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The kind of generators that are trained against a discriminator. */
public final class GanKind implements Kind<GanExperiment> {
    private static final Story STORY = new Story(
            "This is a generator of images: a network that makes a picture of a random vector at"
                    + " once, and learned it from a second one, the discriminator, which learned to tell its pictures from real ones."
                    + " Their losses are the scores of a game and need not fall.",
            Story.Worth.FID,
            "No collapse, divergence or victory of the discriminator was noticed.");

    @Override
    public String name() {
        return "gan";
    }

    @Override
    public Class<GanExperiment> type() {
        return GanExperiment.class;
    }

    /** The defaults of the architecture that the last of {@code layers} to do so names: its network has keys of its own. */
    @Override
    public ObjectNode defaults(List<ObjectNode> layers) {
        ObjectNode tree = Kind.super.defaults(layers);
        String architecture = GanNetworks.DCGAN;
        for (ObjectNode layer : layers)
            architecture = layer.path("network").path(GanNetworks.ARCHITECTURE).asText(architecture);
        if (architecture.equals(GanNetworks.DCGAN)) return tree;
        if (!architecture.equals(GanNetworks.STYLEGAN2))
            throw new RecipeException("network.architecture must be one of " + GanNetworks.DCGAN + ", "
                    + GanNetworks.STYLEGAN2 + ": " + architecture);
        ObjectNode style = Yaml.resource(GanKind.class, "gan-" + architecture + "-defaults.yaml");
        tree.set("network", style.remove("network"));
        Yaml.merge(tree, style);
        return tree;
    }

    @Override
    public Story story() {
        return STORY;
    }

    @Override
    public boolean tunes(GanExperiment experiment) {
        return false;
    }

    @Override
    public Set<Capability<?>> capabilities(GanExperiment experiment) {
        Set<Capability<?>> all = new HashSet<>(Set.of(Capability.DRAWS_IMAGES, Capability.WALKS_BETWEEN));
        if (GanStyles.has(experiment)) all.add(Capability.PROJECTS_PICTURES);
        return all;
    }

    @Override
    public String which(Capability<?> capability) {
        return capability.equals(Capability.PROJECTS_PICTURES) ? "network.architecture must be stylegan2" : "";
    }

    @Override
    public Optional<MemoryPlan> memory(GanExperiment experiment) {
        return Optional.of(GanMemory.plan(experiment));
    }

    @Override
    public ImageDataset learnable(GanExperiment experiment, ImageDataset data, Path run) throws IOException {
        return experiment.labelled() ? Selected.labelled(data) : data;
    }

    @Override
    public Task<?> task(GanExperiment experiment, Policy policy, ImageDataset data, Path run) {
        return new GanTask(experiment);
    }

    @Override
    public TrainedModel open(GanExperiment experiment, Path runOrCheckpoint, Placement placement) throws IOException {
        return TrainedGan.open(experiment, runOrCheckpoint, placement);
    }
}
