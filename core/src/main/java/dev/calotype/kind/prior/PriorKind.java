package dev.calotype.kind.prior;

import dev.calotype.data.ImageDataset;
import dev.calotype.embedding.CaptionedPictures;
import dev.calotype.embedding.EmbeddedPairs;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.MemoryPlan;
import dev.calotype.experiment.Story;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.kind.prior.PriorExperiment.Method;
import dev.calotype.model.NetworkCost;
import dev.calotype.model.prior.LinearPrior;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.ProcessMemory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The kind of models that tell the vector of a picture from that of its caption. */
public final class PriorKind implements Kind<PriorExperiment> {
    private static final Story STORY = new Story(
            "This is a prior: it tells what vector an encoder would give the picture of which only the caption is known. It is"
                    + " measured by how often the picture of a caption that it has not learned from is the nearest of all to"
                    + " the vector that it tells. Losses of different methods do not compare.",
            Story.Worth.MISSED,
            "");

    @Override
    public String name() {
        return "prior";
    }

    @Override
    public Class<PriorExperiment> type() {
        return PriorExperiment.class;
    }

    @Override
    public Story story() {
        return STORY;
    }

    @Override
    public boolean tunes(PriorExperiment experiment) {
        return experiment.method() != PriorExperiment.Method.RIDGE;
    }

    @Override
    public Set<Capability<?>> capabilities(PriorExperiment experiment) {
        return Set.of(Capability.PREDICTS_EMBEDDINGS);
    }

    @Override
    public Optional<NetworkCost> cost(PriorExperiment experiment) {
        if (experiment.embedding() == 0) return Optional.empty();
        return Optional.of(
                experiment.method() == Method.RIDGE
                        ? LinearPrior.cost(experiment.embedding())
                        : experiment.config().cost());
    }

    /** Of the one step that finds a map; of others nothing is known before. */
    @Override
    public Optional<MemoryPlan> memory(PriorExperiment experiment, ImageDataset data) {
        if (experiment.method() != Method.RIDGE) return Optional.empty();
        ProcessMemory.giveBack(); // what the encoder of the pairs has left
        EmbeddedPairs pairs = ((PriorData) data).learned();
        long length = experiment.embedding(), map = Float.BYTES * (length + 1) * length;
        var estimate =
                new MemoryEstimate(MemoryEstimate.ofWarmProcess(), 2 * map, Ridge.memory(pairs.count(), length), 0);
        return Optional.of(MemoryPlan.of(estimate, Policy.NEVER, () -> "set pairs lower, or free some memory"));
    }

    @Override
    public Map<String, Path> reads(PriorExperiment experiment) {
        return Map.of("encoder", Path.of(experiment.encoder()));
    }

    @Override
    public boolean wantsCaptions(PriorExperiment experiment) {
        return true;
    }

    @Override
    public ImageDataset learnable(PriorExperiment experiment, ImageDataset data, Path run) throws IOException {
        return PriorPairs.of(experiment, CaptionedPictures.of(data), run);
    }

    @Override
    public Task<?> task(PriorExperiment experiment, Policy policy, ImageDataset data, Path run) {
        PriorData known = (PriorData) data;
        EmbeddedPairs learned = known.learned();
        PriorTest test = new PriorTest(known.tested());
        return experiment.method() == Method.RIDGE
                ? new RidgeTask(experiment, learned, test)
                : new PriorTask(experiment, known.vectors(), test);
    }

    @Override
    public TrainedModel open(PriorExperiment experiment, Path runOrCheckpoint, Placement placement) throws IOException {
        return TrainedPrior.open(experiment, runOrCheckpoint, placement);
    }
}
