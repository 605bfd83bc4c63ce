package dev.calotype.experiment;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.Weights;
import dev.calotype.model.UNet;
import dev.calotype.nn.Inference;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;

/** A diffusion model out of a run or a checkpoint, with the averaged weights, ready to be sampled. */
public final class TrainedDiffusion implements AutoCloseable {
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
     * @throws IOException if there is none, or it is damaged
     * @throws IllegalArgumentException if it is not of a diffusion model
     */
    public static TrainedDiffusion open(Path runOrCheckpoint, Placement placement) throws IOException {
        DiffusionExperiment experiment = experiment(runOrCheckpoint);
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
     * @throws IOException if there is none
     * @throws IllegalArgumentException if it is not of a diffusion model
     */
    public static DiffusionExperiment experiment(Path path) throws IOException {
        if (TrainedFile.experiment(path) instanceof DiffusionExperiment experiment) return experiment;
        throw new IllegalArgumentException(path + " is not a diffusion model");
    }

    public DiffusionModel model() {
        return model;
    }

    public DiffusionExperiment experiment() {
        return model.experiment();
    }

    /** Where the network computes. */
    public Placement placement() {
        return placement;
    }

    /** Training steps behind the weights. */
    public long step() {
        return step;
    }

    /** SHA-256 of the averaged weights. */
    public String hash() {
        return hash;
    }

    @Override
    public void close() {
        network.close();
    }
}
