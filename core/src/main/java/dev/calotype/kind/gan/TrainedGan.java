package dev.calotype.kind.gan;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.Weights;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.kind.diffusion.DiffusionModel;
import dev.calotype.model.GeneratorNetwork;
import dev.calotype.nn.Inference;
import dev.calotype.run.TrainedFile;
import dev.calotype.sampling.Interpolation;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A generator out of a run or a checkpoint, with the averaged weights, ready to draw. Several threads may draw from one at
 * the same time: see {@link TrainedModel}.
 *
 * @param memory of the network
 * @param step training steps behind the weights
 * @param hash SHA-256 of the averaged weights
 */
public record TrainedGan(
        GanModel model, Scope.Owned<GeneratorNetwork> memory, Placement placement, long step, String hash)
        implements TrainedModel {
    /**
     * Opens the last checkpoint of a run, or a checkpoint file.
     *
     * @param placement where its network is to compute, and in what precision
     * @throws IOException if it has no checkpoint yet, or cannot be read, or is damaged
     * @throws IllegalArgumentException if there is neither a run nor a checkpoint, or it is not of a gan
     * @throws dev.calotype.settings.RecipeException if the recipe of the run cannot be understood
     */
    public static TrainedGan open(Path runOrCheckpoint, Placement placement) throws IOException {
        if (!(TrainedFile.experiment(runOrCheckpoint) instanceof GanExperiment experiment))
            throw new IllegalArgumentException(runOrCheckpoint + " is not a gan");
        return open(experiment, runOrCheckpoint, placement);
    }

    public static TrainedGan open(GanExperiment experiment, Path runOrCheckpoint, Placement placement)
            throws IOException {
        Scope.Owned<GeneratorNetwork> network = Scope.own(() -> experiment.generator(Rng.of(0)));
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.Group averages = TrainedFile.averages(runOrCheckpoint, experiment);
            Weights.load(network.value(), averages.tensors());
            Inference.prepare(placement.device().move(network.value()), placement.precision());
            GanModel model = GanModel.settled(experiment, network.value());
            return new TrainedGan(model, network, placement, averages.step(), averages.sha256());
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /**
     * The generator, borrowed: not to be used any more once this is closed.
     *
     * @throws IllegalStateException if this was closed
     */
    @Override
    public GanModel model() {
        return memory.use(open -> model);
    }

    @Override
    public GanExperiment experiment() {
        return model.experiment();
    }

    /** The images of a seed and a class: a gan draws at once, whatever the sampling. */
    @Override
    public Drawing drawing(DiffusionModel.Request request) {
        experiment().condition().requireClass(request.label());
        return model.drawing(request.seed(), request.label()).within(memory);
    }

    @Override
    public Tensor between(DiffusionModel.Request from, long toSeed, Interpolation mode, int frames) {
        experiment().condition().requireClass(from.label());
        return memory.use(open -> Scope.inference(() -> {
            Tensor first = model.latent(from.seed(), 0, 1).squeeze(0); // (latent)
            Tensor last = model.latent(toSeed, 0, 1).squeeze(0); // (latent)
            return model.images(mode.frames(first, last, frames), from.label()); // (frames, C, H, W)
        }));
    }

    @Override
    public Tensor way(DiffusionModel.Request from, long toSeed, int frames) {
        if (!GanStyles.has(experiment())) return TrainedModel.super.way(from, toSeed, frames);
        experiment().condition().requireClass(from.label());
        return memory.use(open -> GanStyles.of(model).walk(from.seed(), toSeed, frames)); // (frames, C, H, W)
    }

    @Override
    public String wayName() {
        return GanStyles.has(experiment()) ? Kebab.of(Interpolation.LERP) + " in w" : TrainedModel.super.wayName();
    }

    @Override
    public void close() {
        memory.close();
    }
}
