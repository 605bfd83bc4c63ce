package dev.calotype.run;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.adapter.OwnAdapter;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.io.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An adapter that is added to the weights of a model.
 *
 * @param file a run or checkpoint that was fine-tuned in a few weights, or a file of its adapter
 * @param weight by how much; 1 for what was learned
 */
record AddedAdapter(Path file, double weight) {
    private static final Pattern WEIGHTED = Pattern.compile("(.+):([+-]?[0-9]*\\.?[0-9]+(?:[eE][+-]?[0-9]+)?)");

    public AddedAdapter {
        if (!Double.isFinite(weight)) throw new IllegalArgumentException("weight must be a number: " + weight);
    }

    /** {@code FILE} or {@code FILE:WEIGHT}. */
    static AddedAdapter parse(String text) {
        Path plain = Path.of(text);
        if (Files.exists(plain)) return new AddedAdapter(plain, 1);
        Matcher weighted = WEIGHTED.matcher(text);
        if (weighted.matches())
            return new AddedAdapter(Path.of(weighted.group(1)), Double.parseDouble(weighted.group(2)));
        int colon = text.lastIndexOf(':');
        if (colon > 0 && Files.exists(Path.of(text.substring(0, colon))))
            throw new IllegalArgumentException(
                    "the weight of " + text.substring(0, colon) + " must be a number: " + text.substring(colon + 1));
        return new AddedAdapter(plain, 1);
    }

    /** An experiment whose model has adapters of these texts. */
    static Experiment added(Experiment experiment, List<String> adapters) {
        return Recipe.with(experiment, "training.tune.adapters", adapters);
    }

    /** What an adapter holds, its fingerprint, and what it was learned on, as far as that is known. */
    record Content(OwnAdapter adapter, String hash, String base, String baseHash) {}

    /**
     * What a run, a checkpoint or a file of an adapter holds.
     *
     * @throws IOException if it is none, or damaged
     */
    static Content content(Path file) throws IOException {
        if (!Files.exists(file)) throw new IOException("there is no adapter " + file);
        if (!Files.isDirectory(file) && !TrainedFile.isCheckpoint(file)) {
            OwnAdapter adapter = OwnAdapter.of(file);
            if (adapter.ranks().isEmpty() && adapter.whole().isEmpty()) throw new IOException(file + " is empty");
            Map<String, String> said = WeightFile.metadata(file);
            return new Content(
                    adapter,
                    said.getOrDefault("sha256", file.toString()),
                    said.getOrDefault("base", ""),
                    said.getOrDefault("base_sha256", ""));
        }
        Experiment experiment = TrainedFile.experiment(file);
        Tuning tuning = experiment.training().tune();
        Checkpoint.Group own = learned(file, experiment);
        return new Content(OwnAdapter.of(own.stored(), tuning.alpha()), own.sha256(), tuning.from(), tuning.hash());
    }

    /**
     * What a run or checkpoint has learned that was fine-tuned in a few weights.
     *
     * @throws IOException if it is a whole model, or damaged
     */
    static Checkpoint.Group learned(Path file, Experiment experiment) throws IOException {
        if (!experiment.training().tune().keepsBase())
            throw new IOException(
                    file + " is a whole model and no adapter: it was not trained with training.tune.method");
        return TrainedFile.learned(file, experiment);
    }

    /** The weights of a model with this. */
    Checkpoint.Group to(Checkpoint.Group model) throws IOException {
        Content content = content(file);
        try {
            return new Checkpoint.Group(
                    content.adapter().applied(model.stored(), weight),
                    OwnAdapter.hash(model.sha256(), content.hash() + weight),
                    model.step());
        } catch (IOException e) {
            throw new IOException(file + ": " + Reason.of(e), e);
        }
    }
}
