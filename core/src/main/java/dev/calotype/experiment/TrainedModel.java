package dev.calotype.experiment;

import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.kind.diffusion.DiffusionModel;
import dev.calotype.kind.diffusion.TrainedDiffusion;
import dev.calotype.kind.gan.GanExperiment;
import dev.calotype.kind.gan.TrainedGan;
import dev.calotype.run.TrainedFile;
import dev.calotype.sampling.Interpolation;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A model of images out of a run or a checkpoint, with the averaged weights, ready to draw.
 *
 * <p>Several threads may draw from one model at the same time; every image is the same as if one thread had drawn it.
 * {@link #close} waits until those that are drawing are done; whoever draws afterwards gets an IllegalStateException.
 */
public interface TrainedModel extends AutoCloseable {
    /**
     * Opens the last checkpoint of a run, or a checkpoint file.
     *
     * @param placement where its network is to compute, and in what precision
     * @throws IOException if it has no checkpoint yet, or cannot be read, or is damaged
     * @throws IllegalArgumentException if there is neither a run nor a checkpoint, or it draws no images
     * @throws dev.calotype.settings.RecipeException if the recipe of the run cannot be understood
     */
    static TrainedModel open(Path runOrCheckpoint, Placement placement) throws IOException {
        GenerativeExperiment experiment = TrainedFile.experiment(runOrCheckpoint);
        return experiment instanceof GanExperiment gan
                ? TrainedGan.open(gan, runOrCheckpoint, placement)
                : TrainedDiffusion.open((DiffusionExperiment) experiment, runOrCheckpoint, placement);
    }

    GenerativeExperiment experiment();

    /** Where the network computes. */
    Placement placement();

    /** Training steps behind the weights. */
    long step();

    /** SHA-256 of the averaged weights. */
    String hash();

    /**
     * The images of a request.
     *
     * @throws IllegalArgumentException if the model cannot draw what is asked for, such as a class where it has none
     */
    Drawing drawing(DiffusionModel.Request request);

    /**
     * The images of points between the first random start of a seed and that of another, all of one class.
     *
     * @param from the seed of the first image, and how all are drawn
     * @return fp32 (frames, C, H, W) in [-1, 1]
     * @throws IllegalArgumentException if the model cannot draw what is asked for
     * @throws IllegalStateException if it was closed
     */
    Tensor between(DiffusionModel.Request from, long toSeed, Interpolation mode, int frames);

    /**
     * The images on the way between those of two seeds that suits the model: on the arc between random starts, or straight
     * between styles.
     *
     * @return fp32 (frames, C, H, W) in [-1, 1]
     */
    default Tensor way(DiffusionModel.Request from, long toSeed, int frames) {
        return between(from, toSeed, Interpolation.SLERP, frames);
    }

    /** What {@link #way} is, for people. */
    default String wayName() {
        return Kebab.of(Interpolation.SLERP);
    }

    /** The memory that drawing so many images at once is expected to need, where there is an estimate. */
    default Optional<MemoryEstimate> memory(DiffusionModel.Request request, int images) {
        return Optional.empty();
    }

    /** The texts of an image that say which weights drew it, on what and how. */
    default Map<String, String> origin(DiffusionModel.Request request) {
        Map<String, String> origin = origin();
        origin.put("seed", String.valueOf(request.seed()));
        origin.put("class", String.valueOf(request.label()));
        return origin;
    }

    /** The texts of an image that say which weights drew it, and on what. */
    default Map<String, String> origin() {
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put("Software", "Calotype");
        origin.put("experiment", experiment().name());
        origin.put("step", String.valueOf(step()));
        origin.put("weights", hash());
        origin.put("computed", "on " + placement());
        return origin;
    }

    @Override
    void close();
}
