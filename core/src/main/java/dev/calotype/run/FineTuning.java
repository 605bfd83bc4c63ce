package dev.calotype.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.experiment.tune.Tuning.Rehearsal.Target;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import dev.calotype.settings.Yaml;
import dev.calotype.train.adapt.Adaptation.Method;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The recipe of a training that begins with a model and goes on with other pictures: that of the model, but for what is asked. */
public final class FineTuning {
    private static final double FACTORS_RATE = 1e-3, WEIGHTS_RATE = 1e-4;

    private FineTuning() {}

    /**
     * The recipe. It lasts 500 steps, at a rate of 0.001 for factors and of 0.0001 for whole weights, where nothing else is asked.
     *
     * @param base a run or checkpoint
     * @param data what is learned from
     * @param overrides values that are to be others, such as {@code training.tune.rank=4}
     * @throws IOException if the base cannot be read
     * @throws IllegalArgumentException if the base was distilled and nothing is said of that
     * @throws dev.calotype.settings.RecipeException if it cannot be trained so
     */
    public static Experiment recipe(Path base, String data, Method method, List<String> overrides) throws IOException {
        Experiment model = TrainedFile.experiment(base);
        String how = Kebab.of(method);
        List<String> all = new ArrayList<>(List.of(
                "name=" + Yaml.quoted(name(model, how)),
                "data.source=" + Yaml.quoted(data),
                "training.steps=500",
                "training.minutes=0",
                "training.warmup=20",
                "training.snapshots=0",
                "training.optimizer=adamw",
                "training.decay=cosine",
                "training.patience=0",
                "training.ema=[0.98]",
                "training.learningRate=" + (method.factored() ? FACTORS_RATE : WEIGHTS_RATE)));
        ObjectNode fresh = Yaml.tree(fresh(base, method));
        fresh.properties().forEach(entry -> all.add("training.tune." + entry.getKey() + "=" + entry.getValue()));
        ObjectNode tree = Yaml.tree(model);
        if (tree.path("condition").has("classes")) all.add("condition.classes=[]");
        if (tree.has("classes")) all.add("classes=[]");
        Check.that(
                tree.path("distillation").path("steps").asInt() == 0
                        || overrides.stream().anyMatch(value -> value.startsWith("distillation.")),
                "distillation.steps must be said where the base draws in few steps: with 0 its pictures are learned at all"
                        + " steps, and with another number it is distilled again",
                base);
        all.addAll(overrides);
        return Recipe.with(model, all);
    }

    /** What is not asked for, whatever the base itself began with. */
    private static Tuning fresh(Path base, Method method) {
        List<String> none = List.of();
        Tuning.Rehearsal rehearsal = new Tuning.Rehearsal("", 0.5, Target.PICTURES);
        List<String> layers = method == Method.PARTIAL ? List.of("*") : none; // until they are named
        return new Tuning(base.toString(), "", method, layers, none, 8, 8, 0, none, rehearsal, none);
    }

    private static String name(Experiment model, String method) {
        String name = model.name() + "-" + method;
        return name.substring(0, Math.min(100, name.length()));
    }
}
