package dev.calotype.run;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.SafeTensorsFile;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.Weights;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.nn.Inference;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;

/** What a run directory or a checkpoint file holds. */
public final class TrainedFile {
    private TrainedFile() {}

    /**
     * What was trained in a run, or to a checkpoint file, without its weights.
     *
     * @throws IOException if it cannot be read, or is damaged
     * @throws IllegalArgumentException if there is neither a run nor a checkpoint
     * @throws dev.calotype.settings.RecipeException if the recipe cannot be understood
     */
    public static Experiment experiment(Path path) throws IOException {
        String text;
        if (Files.isRegularFile(path)) {
            try (SafeTensorsFile file = SafeTensors.open(path)) {
                text = file.header().metadata().get("experiment");
            }
            if (text == null) throw new IOException(path + " is no checkpoint of a run");
        } else {
            text = Files.readString(RunDirectory.open(path).experimentFile());
        }
        return Recipe.parse(text, List.of());
    }

    /**
     * Where what a training began with is.
     *
     * @param named where it was
     * @param model the run or checkpoint of the training, beside which it is looked for if it is not where it was
     * @throws IOException if it is at neither place
     */
    public static Path base(Path named, Path model) throws IOException {
        return Base.place(named, model);
    }

    /** Whether a file is a checkpoint of a run, by what it says itself; weights of others are not. */
    public static boolean isCheckpoint(Path file) throws IOException {
        if (!Files.isRegularFile(file) || WeightFile.isPyTorch(file)) return false;
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            return open.header().metadata().containsKey("experiment");
        }
    }

    /**
     * What was trained in a run, or to a checkpoint file, if it draws images.
     *
     * @throws IOException if there is none
     * @throws IllegalArgumentException if it draws no images
     */
    public static GenerativeExperiment generative(Path path) throws IOException {
        Experiment experiment = experiment(path);
        return experiment
                .generative()
                .orElseThrow(() -> new IllegalArgumentException(path + " is not a model of images: it is of kind "
                        + Kinds.of(experiment).name()));
    }

    /**
     * Opens the last checkpoint of a run, or a checkpoint file.
     *
     * @param placement where its network is to compute, and in what precision
     * @throws IOException if there is none, or it is damaged
     */
    public static TrainedModel open(Path path, Placement placement) throws IOException {
        Experiment experiment = experiment(path);
        return Kinds.of(experiment).open(experiment, path, placement);
    }

    /**
     * Opens the last checkpoint of a run, or a checkpoint file, for what it can do.
     *
     * @param placement where its network is to compute, and in what precision
     * @throws IOException if there is none, or it is damaged
     * @throws IllegalArgumentException if it cannot do it; no weights were read then
     */
    public static <T extends TrainedModel> T open(Path path, Capability<T> capability, Placement placement)
            throws IOException {
        Experiment experiment = experiment(path);
        Kinds.require(experiment, capability, path.toString());
        return capability.type().cast(Kinds.of(experiment).open(experiment, path, placement));
    }

    /**
     * {@link #open(Path, Capability, Placement)} with adapters added to the weights.
     *
     * @param adapters {@code FILE} or {@code FILE:WEIGHT} each: runs or checkpoints that were fine-tuned, or files of their adapters
     * @throws IOException if one does not belong to the model
     */
    public static <T extends TrainedModel> T open(
            Path path, List<String> adapters, Capability<T> capability, Placement placement) throws IOException {
        if (adapters.isEmpty()) return open(path, capability, placement);
        Experiment experiment = AddedAdapter.added(experiment(path), adapters);
        Kinds.require(experiment, capability, path.toString());
        return capability.type().cast(Kinds.of(experiment).open(experiment, path, placement));
    }

    /** The file, or the run, of an adapter that is said as {@code FILE} or {@code FILE:WEIGHT}. */
    public static Path adapterFile(String adapter) {
        return AddedAdapter.parse(adapter).file();
    }

    /** What is made of a network and the averages that were read into it. */
    @FunctionalInterface
    public interface Opening<N extends Module, T> {
        /** @param network owned by what is made */
        T of(Scope.Owned<N> network, Checkpoint.Group averages) throws IOException;
    }

    /**
     * A network with {@link #averages}, ready to be used and not to be trained; it is closed if anything fails.
     *
     * @param placement where it is to compute, and in what precision
     * @param made makes the network, whose weights may be missing ({@link dev.calotype.nn.Blank})
     * @throws IOException if there are no averages, or they are damaged or those of another network
     */
    public static <N extends Module, T> T open(
            Path path, Experiment experiment, Placement placement, Supplier<N> made, Opening<N, T> opening)
            throws IOException {
        Scope.Owned<N> network = null;
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.Group averages = averages(path, experiment);
            network = fitting(path, averages, made, placement.precision());
            Inference.prepare(placement.device().move(network.value()), placement.precision());
            return opening.of(network, averages);
        } catch (IOException | RuntimeException e) {
            if (network != null) network.close();
            throw e;
        }
    }

    /** The network with its weights; none is made that they could not fill. */
    private static <N extends Module> Scope.Owned<N> fitting(
            Path path, Checkpoint.Group averages, Supplier<N> made, Precision precision) throws IOException {
        Scope.Owned<N> network = null;
        try {
            network = Weights.made(averages.stored(), () -> Scope.own(made::get));
            Weights.load(network.value(), averages.stored(), precision);
            return network;
        } catch (IOException | RuntimeException e) {
            if (network != null) network.close();
            if (e instanceof IllegalArgumentException || e instanceof ArithmeticException)
                throw new IOException(path + " does not hold the network of its recipe: " + e.getMessage(), e);
            throw e;
        }
    }

    /**
     * The first average of the weights, of the last checkpoint of a run or of a checkpoint file. Where a model was fine-tuned in a few
     * weights, these are put together with those of its base.
     *
     * @throws IOException if there is none, or it is damaged, or the base is gone or another one
     */
    public static Checkpoint.Group averages(Path path, Experiment experiment) throws IOException {
        Tuning tuning = experiment.training().tune();
        Checkpoint.Group own = learned(path, experiment);
        Checkpoint.Group all = tuning.keepsBase() ? Base.of(experiment, path).with(own, tuning) : own;
        for (String adapter : tuning.adapters())
            all = AddedAdapter.parse(adapter).to(all);
        return all;
    }

    /** What of the first average the run or checkpoint itself holds: of a model that was fine-tuned in a few weights, these alone. */
    public static Checkpoint.Group learned(Path path, Experiment experiment) throws IOException {
        return group(path, "ema/" + experiment.training().ema().get(0));
    }

    /** A group of tensors, such as {@code task}, of the last checkpoint of a run or of a checkpoint file. */
    public static Checkpoint.Group group(Path path, String group) throws IOException {
        if (Files.isRegularFile(path)) return Checkpoint.readGroup(path, group);
        return new CheckpointFolder(RunDirectory.open(path).checkpoints(), 1)
                .readLatest(group)
                .orElseThrow(() -> new IOException(path + " has no checkpoint yet"));
    }
}
