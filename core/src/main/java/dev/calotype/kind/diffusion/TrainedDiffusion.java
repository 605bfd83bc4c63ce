package dev.calotype.kind.diffusion;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.Weights;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.model.UNet;
import dev.calotype.nn.Inference;
import dev.calotype.run.TrainedFile;
import dev.calotype.sampling.Interpolation;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A diffusion model out of a run or a checkpoint, with the averaged weights, ready to be sampled. Several threads may draw
 * from one at the same time: see {@link TrainedModel}.
 */
public final class TrainedDiffusion implements TrainedModel {
    private final DiffusionModel model;
    private final Scope.Owned<UNet> network;
    private final Placement placement;
    private final long step;
    private final String hash;

    private TrainedDiffusion(
            DiffusionExperiment experiment, Scope.Owned<UNet> network, Placement placement, long step, String hash) {
        this.model = new DiffusionModel(experiment, network.value());
        this.network = network;
        this.placement = placement;
        this.step = step;
        this.hash = hash;
    }

    /**
     * Opens the last checkpoint of a run, or a checkpoint file.
     *
     * @param placement where its network is to compute, and in what precision
     * @throws IOException if it has no checkpoint yet, or cannot be read, or is damaged
     * @throws IllegalArgumentException if there is neither a run nor a checkpoint, or it is not of a diffusion model
     * @throws dev.calotype.settings.RecipeException if the recipe of the run cannot be understood
     */
    public static TrainedDiffusion open(Path runOrCheckpoint, Placement placement) throws IOException {
        return open(experiment(runOrCheckpoint), runOrCheckpoint, placement);
    }

    public static TrainedDiffusion open(DiffusionExperiment experiment, Path runOrCheckpoint, Placement placement)
            throws IOException {
        Scope.Owned<UNet> network = Scope.own(() -> new UNet(experiment.network(), experiment.ports()));
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.Group averages = TrainedFile.averages(runOrCheckpoint, experiment);
            Weights.load(network.value(), averages.tensors());
            Inference.prepare(placement.device().move(network.value()), placement.precision());
            return new TrainedDiffusion(experiment, network, placement, averages.step(), averages.sha256());
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /**
     * What was trained in a run, or to a checkpoint file, without its weights.
     *
     * @throws IOException if it cannot be read, or is damaged
     * @throws IllegalArgumentException if there is neither a run nor a checkpoint, or it is not of a diffusion model
     */
    public static DiffusionExperiment experiment(Path path) throws IOException {
        if (TrainedFile.experiment(path) instanceof DiffusionExperiment experiment) return experiment;
        throw new IllegalArgumentException(path + " is not a diffusion model");
    }

    /**
     * The network, borrowed: not to be used any more once this is closed.
     *
     * @throws IllegalStateException if this was closed
     */
    public DiffusionModel model() {
        return network.use(open -> model);
    }

    @Override
    public DiffusionExperiment experiment() {
        return model.experiment();
    }

    @Override
    public Placement placement() {
        return placement;
    }

    @Override
    public long step() {
        return step;
    }

    @Override
    public String hash() {
        return hash;
    }

    @Override
    public Drawing drawing(DiffusionModel.Request request) {
        model.require(request);
        return model.drawing(request).within(network);
    }

    @Override
    public Tensor between(DiffusionModel.Request from, long toSeed, Interpolation mode, int frames) {
        model.require(from);
        return network.use(open -> Scope.inference(() -> {
            Tensor first = model.noise(from.seed(), 0).squeeze(0); // (C, H, W)
            Tensor last = model.noise(toSeed, 0).squeeze(0); // (C, H, W)
            // One stream for every frame: what noise a sampler adds on the way must not differ between them.
            Rng[] same = new Rng[frames];
            Arrays.fill(same, Rng.of(from.seed()));
            return model.interpolated(from, mode.frames(first, last, frames), Rng.rows(same)); // (frames, C, H, W)
        }));
    }

    @Override
    public Optional<MemoryEstimate> memory(DiffusionModel.Request request, int images) {
        double guidance = request.sampling().guidance();
        return Optional.of(MemoryEstimate.sampling(experiment(), placement.precision(), guidance, images));
    }

    @Override
    public Map<String, String> origin(DiffusionModel.Request request) {
        Map<String, String> origin = TrainedModel.super.origin(request);
        origin.put("sampling", request.sampling().toString());
        return origin;
    }

    @Override
    public void close() {
        network.close();
    }
}
