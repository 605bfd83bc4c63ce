package dev.calotype.run;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.Weights;
import dev.calotype.checkpoint.adapter.OwnAdapter;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.tune.Start;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.io.Moved;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.adapt.Adaptation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * The model that another one begins with, or is made of.
 *
 * @param path its run or checkpoint
 * @param averages its averaged weights, not read yet
 * @param classes of the model that begins with it
 */
record Base(Path path, Experiment experiment, Checkpoint.Group averages, List<String> classes) {
    /**
     * The base of an experiment.
     *
     * @param model where the experiment's own run or checkpoint is, beside which the base is looked for if it is not where it was;
     *     empty for a training that begins
     * @throws IOException if it is not there, or not the one that was begun with
     * @throws IllegalArgumentException if it is of another kind
     */
    static Base of(Experiment experiment, Path model) throws IOException {
        Tuning tuning = experiment.training().tune();
        Path path = place(Path.of(tuning.from()), model);
        Experiment other = model(experiment, path);
        Checkpoint.Group averages = TrainedFile.averages(path, other);
        if (!tuning.hash().isEmpty() && !tuning.hash().equals(averages.sha256()))
            throw new IOException(
                    path + " is not the base that " + experiment.name() + " began with: its weights are others");
        return new Base(path, other, averages, experiment.classes());
    }

    /**
     * The classes of the base of a training that begins; none of its weights are read.
     *
     * @throws IOException if it is not there
     * @throws IllegalArgumentException if it is of another kind
     */
    static List<String> classes(Experiment experiment) throws IOException {
        Path named = Path.of(experiment.training().tune().from());
        return model(experiment, place(named, Path.of(""))).classes();
    }

    private static Experiment model(Experiment experiment, Path path) throws IOException {
        Experiment other = TrainedFile.experiment(path);
        if (!other.getClass().equals(experiment.getClass()))
            throw new IllegalArgumentException("training.tune.from must be a model of kind "
                    + Kinds.of(experiment).name() + ", and " + path + " is of kind "
                    + Kinds.of(other).name());
        return other;
    }

    static Path place(Path named, Path model) throws IOException {
        return Moved.find("base", named, model);
    }

    /** Its weights, with rows of class tables for the classes of the model that begins with it. */
    private Map<String, StoredTensor> weights() {
        Map<String, StoredTensor> weights = new LinkedHashMap<>(averages.stored());
        for (String name : grown()) weights.put(name, rows(weights.get(name)));
        return weights;
    }

    /** The class tables that do not fit as they are. */
    Set<String> grown() {
        Set<String> grown = new LinkedHashSet<>();
        if (classes.equals(experiment.classes())) return grown;
        for (String name : Kinds.of(experiment).classTables())
            if (averages.stored().containsKey(name)) grown.add(name);
        return grown;
    }

    /** A table with the rows of known classes; those of new ones are that of no class, or the mean of all. */
    private StoredTensor rows(StoredTensor table) {
        List<String> known = experiment.classes();
        return table.changed(rows -> {
            boolean none = rows.size(0) > known.size();
            Tensor fresh = none
                    ? rows.select(0, known.size())
                    : Tensors.sum(rows, Tensors.dtype(rows), 0).div(new Scalar((double) known.size()));
            List<Tensor> all = new ArrayList<>();
            for (String name : classes) {
                int at = known.indexOf(name);
                all.add(at < 0 ? fresh : rows.select(0, at));
            }
            if (none) all.add(rows.select(0, known.size()));
            return Tensors.stack(0, all.toArray(Tensor[]::new));
        });
    }

    /**
     * Refuses what cannot be learned from here.
     *
     * @throws IllegalArgumentException if the network is another one, or what is to learn is not among its weights
     */
    void require(Experiment tuned) {
        for (Change change : Change.between(experiment, tuned))
            if (change.key().matches("(network|transformer)\\..*|denoiser")
                    || change.key().startsWith("process.") && Kinds.of(tuned).asksBase(tuned))
                throw new IllegalArgumentException(
                        change.key() + " must be that of " + path + ", " + change.from() + ": " + change.to());
        Map<String, long[]> shapes = new LinkedHashMap<>();
        weights().forEach((name, weight) -> shapes.put(name, weight.shape()));
        Tuning tuning = tuned.training().tune();
        tuning.requireRates(tuning.adaptation(grown(), 0).parts(shapes));
    }

    /** What the networks of a training begin with. */
    Start start(Tuning tuning, long seed) {
        return new Start() {
            @Override
            public void into(Module network) {
                try (PointerScope scope = new PointerScope()) {
                    Weights.load(network, weights(), Precision.FP32);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "training.tune.from: " + path + " does not fit: " + e.getMessage(), e);
                }
            }

            @Override
            public Adaptation adaptation() {
                return tuning.adaptation(grown(), seed);
            }
        };
    }

    /** The weights of the model whose checkpoint holds only what is not the base's. */
    Checkpoint.Group with(Checkpoint.Group own, Tuning tuning) throws IOException {
        OwnAdapter adapter = OwnAdapter.of(own.stored(), tuning.alpha());
        return new Checkpoint.Group(
                adapter.applied(weights(), 1), OwnAdapter.hash(averages.sha256(), own.sha256()), own.step());
    }
}
