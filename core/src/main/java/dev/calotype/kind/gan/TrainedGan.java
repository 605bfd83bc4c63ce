package dev.calotype.kind.gan;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.ProjectsPictures;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.WalksBetween;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFormat;
import dev.calotype.model.GeneratorNetwork;
import dev.calotype.run.TrainedFile;
import dev.calotype.sampling.Interpolation;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.StyleProjection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
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
        implements WalksBetween, ProjectsPictures {
    private static final int GAP = 2; // between two pictures of a projection

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

    static TrainedGan open(GanExperiment experiment, Path runOrCheckpoint, Placement placement) throws IOException {
        return TrainedFile.open(
                runOrCheckpoint, experiment, placement, () -> experiment.generator(Rng.of(0)), (network, averages) -> {
                    GanModel model = GanModel.settled(experiment, network.value());
                    return new TrainedGan(model, network, placement, averages.step(), averages.sha256());
                });
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

    @Override
    public Drawing drawing(Request request) {
        experiment().condition().require(request);
        double truncation = sampling(request).truncation();
        Drawing drawing = truncation == 1
                ? model.drawing(request.seed(), request.label())
                : GanStyles.of(model).truncated(request.seed(), truncation);
        return drawing.atMost(atOnce(request, MOST_AT_ONCE)).within(memory);
    }

    @Override
    public Optional<MemoryEstimate> memory(Request request, int images) {
        return Optional.of(GanMemory.drawing(experiment(), placement.precision(), images));
    }

    private static GanSampling sampling(Request request) {
        if (request.sampling() instanceof GanSampling sampling) return sampling;
        throw new IllegalArgumentException("sampling must be that of a gan: " + request.sampling());
    }

    @Override
    public Map<String, String> origin(Request request) {
        Map<String, String> origin = WalksBetween.super.origin(request);
        double truncation = sampling(request).truncation();
        if (truncation != 1) origin.put("truncation", String.valueOf(truncation));
        return origin;
    }

    @Override
    public Tensor starts(End from, End to, Interpolation mode, int frames) {
        return memory.use(open -> Scope.inference(() -> {
            Tensor first = model.latent(from.seed(), from.number(), 1).squeeze(0); // (latent)
            Tensor last = model.latent(to.seed(), to.number(), 1).squeeze(0); // (latent)
            return mode.frames(first, last, frames); // (frames, latent)
        }));
    }

    @Override
    public Tensor images(Request request, Tensor starts, Drawing.Watcher watcher) {
        experiment().condition().require(request);
        double truncation = sampling(request).truncation();
        Tensor images = memory.use(open -> truncation == 1
                ? model.images(starts, request.label())
                : GanStyles.of(model).images(starts, truncation)); // (N, C, H, W)
        return told(watcher, images);
    }

    /** All images are one step. */
    private static Tensor told(Drawing.Watcher watcher, Tensor images) {
        watcher.step(1, 1, () -> images);
        return images;
    }

    @Override
    public Tensor way(Request request, End from, End to, Frames frames, Drawing.Watcher watcher) {
        if (!hasOwnWay()) return WalksBetween.super.way(request, from, to, frames, watcher);
        experiment().condition().require(request);
        double truncation = sampling(request).truncation();
        return told(
                watcher, memory.use(open -> GanStyles.of(model).walk(from, to, frames, truncation))); // (N, C, H, W)
    }

    @Override
    public boolean hasOwnWay() {
        return GanStyles.has(experiment());
    }

    @Override
    public String wayName() {
        return hasOwnWay() ? Kebab.of(Interpolation.LERP) + " in w" : WalksBetween.super.wayName();
    }

    @Override
    public Projection project(Picture picture, StyleProjection projection, Path out, Optional<Path> styles)
            throws IOException {
        GanStyles own = GanStyles.of(model);
        Map<String, String> origin = origin();
        origin.put("projection", projection.toString());
        try (PointerScope scope = new PointerScope()) {
            Tensor target = Device.of(own.generator()).move(Images.toTensor(picture)); // (1, C, H, W)
            Tensor w = own.project(target, projection); // (1, style)
            Tensor found = own.images(() -> w), mean = own.images(own::mean); // (1, C, H, W)
            PictureFormat.write(out, Images.grid(Images.pictures(Tensors.cat(0, target, found)), 2, GAP), origin);
            if (styles.isPresent()) SafeTensors.write(styles.get(), Map.of("w", w), origin);
            return new Projection(
                    StyleProjection.pixels().apply(mean, target).item_double(),
                    StyleProjection.pixels().apply(found, target).item_double());
        }
    }

    @Override
    public void close() {
        memory.close();
    }
}
