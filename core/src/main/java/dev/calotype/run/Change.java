package dev.calotype.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.JsonLines;
import dev.calotype.settings.Yaml;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One line of a run's {@code changes.jsonl}: a value of its recipe that is another one from some step on.
 *
 * @param step after which it changed
 * @param seconds of training before
 * @param key such as {@code training.steps}
 */
public record Change(long step, double seconds, String key, JsonNode from, JsonNode to) {
    /** What the weights, the averages or the streams of random numbers of a run are made of. */
    private static final List<String> FIXED = List.of(
            "kind",
            "name",
            "seed",
            "denoiser",
            "network",
            "transformer",
            "nonLeaking",
            "process",
            "distillation",
            "image",
            "text.cleaning",
            "text.pairs",
            "text.merges",
            "text.hash",
            "text.context",
            "text.width",
            "text.depth",
            "text.heads",
            "texts.word",
            "texts.encoders",
            "condition.by",
            "condition.classes",
            "embedding.encoderHash",
            "embedding.length",
            "embedding.tokens",
            "embedding.words.tokens",
            "embedding.words.encoderHash",
            "embedding.words.width",
            "text.frozen.hash",
            "text.frozen.length",
            "enlarging.from",
            "data.size",
            "data.channels",
            "init.from",
            "training.ema",
            "training.tune.hash",
            "training.tune.method",
            "training.tune.layers",
            "training.tune.whole",
            "training.tune.rank",
            "training.tune.alpha",
            "training.tune.rankDropout",
            "training.tune.adapters",
            "training.snapshots",
            "training.optimizer");

    /** The same of kinds that say it in one word; of others these have parts. */
    private static final List<String> FIXED_WORDS = List.of("embedding", "loss");

    /** What is kept in a run if it is above 0. */
    private static final List<String> KEPT_ABOVE_ZERO = List.of("loss.adversarial.weight", "game.pathLength");

    /** Tells a run's changes from a step on, the history first, and then its recipe. */
    static void keep(List<Change> changes, RunDirectory run, long step, double seconds, Experiment now)
            throws IOException {
        JsonLines.keep(run.changesFile(), Change.class, line -> true); // without what a kill left unfinished
        for (Change change : changes) change.at(step, seconds).append(run.changesFile());
        AtomicFile.write(run.experimentFile(), Recipe.write(now));
    }

    /** What differs between the recipe of a run and another one, before any step. */
    static List<Change> between(Experiment kept, Experiment wanted) {
        List<Change> changes = new ArrayList<>();
        compare(tree(kept), tree(wanted), "", changes);
        return changes;
    }

    private static ObjectNode tree(Experiment experiment) {
        return Yaml.object(Recipe.write(experiment), "a recipe");
    }

    private static void compare(ObjectNode kept, ObjectNode wanted, String path, List<Change> changes) {
        for (Map.Entry<String, JsonNode> entry : wanted.properties()) {
            String key = path + entry.getKey();
            JsonNode before = kept.get(entry.getKey());
            JsonNode after = entry.getValue();
            if (before instanceof ObjectNode inner && after instanceof ObjectNode changed)
                compare(inner, changed, key + ".", changes);
            else if (!after.equals(before)) changes.add(new Change(0, 0, key, before, after));
        }
    }

    /** @throws IllegalArgumentException if a run cannot go on with it */
    void check(RunDirectory run) {
        boolean begun = KEPT_ABOVE_ZERO.contains(key) && from.asDouble() > 0 != to.asDouble() > 0;
        boolean fixed = FIXED.stream().anyMatch(path -> key.equals(path) || key.startsWith(path + "."));
        if (fixed || begun || FIXED_WORDS.contains(key))
            throw new IllegalArgumentException(key + " of " + run + " cannot be changed any more, as what was trained"
                    + " depends on it; start another run for it: " + to);
    }

    boolean concernsMoreThanTraining() {
        return key.startsWith("evaluation.") || key.startsWith("data.") || key.startsWith("sampling.");
    }

    /** The change with the moment at which it is made. */
    Change at(long after, double trained) {
        return new Change(after, trained, key, from, to);
    }

    void append(Path file) throws IOException {
        JsonLines.append(file, this);
    }

    /** The lines of a file; a line that a kill left unfinished is dropped. */
    public static List<Change> read(Path file) throws IOException {
        return JsonLines.read(file, Change.class);
    }

    /** {@code training.steps 250 -> 500}. */
    @Override
    public String toString() {
        return key + " " + from + " -> " + to;
    }
}
