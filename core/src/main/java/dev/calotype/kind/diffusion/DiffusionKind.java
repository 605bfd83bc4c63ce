package dev.calotype.kind.diffusion;

import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.Story;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The kind of diffusion models of images. */
public final class DiffusionKind implements Kind<DiffusionExperiment> {
    private static final Story STORY = new Story(
            "This is a diffusion model of images: a network that was shown pictures with noise over them, learned to"
                    + " say what the noise is, and now makes pictures out of noise alone by removing it step by step.",
            Story.Worth.LOSS,
            "");

    @Override
    public String name() {
        return "diffusion";
    }

    @Override
    public Class<DiffusionExperiment> type() {
        return DiffusionExperiment.class;
    }

    @Override
    public Story story() {
        return STORY;
    }

    /** A restoration does not know the class of its picture, so that its prior must be trained without. */
    @Override
    public Set<Capability<?>> capabilities(DiffusionExperiment experiment) {
        Set<Capability<?>> all =
                new HashSet<>(Set.of(Capability.DRAWS_IMAGES, Capability.WALKS_BETWEEN, Capability.TELLS_LIKELIHOOD));
        if (!experiment.labelled()) all.add(Capability.RESTORES_PICTURES);
        return all;
    }

    @Override
    public String which(Capability<?> capability) {
        return capability.equals(Capability.RESTORES_PICTURES) ? "a prior must be trained without classes" : "";
    }

    @Override
    public Optional<MemoryPlan> memory(DiffusionExperiment experiment) {
        return Optional.of(DiffusionMemory.plan(experiment));
    }

    @Override
    public Task<?> task(DiffusionExperiment experiment, Policy policy, ImageDataset data) {
        return new DiffusionTask(experiment, policy, data);
    }

    @Override
    public TrainedModel open(DiffusionExperiment experiment, Path runOrCheckpoint, Placement placement)
            throws IOException {
        return TrainedDiffusion.open(experiment, runOrCheckpoint, placement);
    }
}
