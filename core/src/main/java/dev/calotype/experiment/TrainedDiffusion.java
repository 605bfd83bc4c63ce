package dev.calotype.experiment;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.SafeTensorsFile;
import dev.calotype.checkpoint.Weights;
import dev.calotype.model.UNet;
import dev.calotype.nn.Inference;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** A diffusion model out of a run or a checkpoint, with the averaged weights, ready to be sampled. */
public final class TrainedDiffusion implements AutoCloseable {
    private final DiffusionModel model;
    private final Scope.Owned<UNet> network;
    private final long step;
    private final String hash;

    private TrainedDiffusion(DiffusionExperiment experiment, Scope.Owned<UNet> network, long step, String hash) {
        this.model = new DiffusionModel(experiment, network.value());
        this.network = network;
        this.step = step;
        this.hash = hash;
    }

    /**
     * Opens the last checkpoint of a run, or a checkpoint file.
     *
     * @throws IOException if there is none, or it is damaged
     * @throws IllegalArgumentException if it is not of a diffusion model
     */
    public static TrainedDiffusion open(Path runOrCheckpoint, Precision precision) throws IOException {
        DiffusionExperiment experiment = experiment(runOrCheckpoint);
        Scope.Owned<UNet> network = Scope.own(() -> new UNet(experiment.network(), experiment.ports(), Rng.of(0)));
        try (PointerScope scope = new PointerScope()) {
            Checkpoint checkpoint = read(runOrCheckpoint);
            Map<String, Tensor> weights =
                    checkpoint.group("ema/" + experiment.training().ema().get(0));
            Weights.load(network.value(), weights);
            Inference.prepare(network.value(), precision);
            return new TrainedDiffusion(experiment, network, checkpoint.step(), Digest.of(weights));
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
        String text;
        if (Files.isRegularFile(path)) {
            try (SafeTensorsFile file = SafeTensors.open(path)) {
                text = file.header().metadata().get("experiment");
            }
            if (text == null) throw new IOException(path + " is no checkpoint of a run");
        } else {
            text = Files.readString(RunDirectory.open(path).experimentFile());
        }
        if (Recipe.parse(text, List.of()) instanceof DiffusionExperiment experiment) return experiment;
        throw new IllegalArgumentException(path + " is not a diffusion model");
    }

    private static Checkpoint read(Path path) throws IOException {
        if (Files.isRegularFile(path)) return Checkpoint.read(path);
        return new CheckpointFolder(RunDirectory.open(path).checkpoints(), 1)
                .readLatest()
                .orElseThrow(() -> new IOException(path + " has no checkpoint yet"));
    }

    public DiffusionModel model() {
        return model;
    }

    public DiffusionExperiment experiment() {
        return model.experiment();
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
