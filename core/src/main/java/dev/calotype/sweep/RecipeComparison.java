package dev.calotype.sweep;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.DataSettings;
import dev.calotype.judge.Measure;
import dev.calotype.settings.Kebab;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Recipes trained on the same data for the same time and judged alike: a {@link Sweep} over whole recipes.
 *
 * @param recipes at least one, by label
 * @param minutes of each training, above 0; time in which a model is judged is not counted
 * @param seeds of each recipe
 * @param parallel trainings at the same time, each with its share of the cores
 * @param images drawn and judged at the end, at least 64
 * @param duringTraining images drawn and judged at each of {@value #MILESTONES} moments of a training, at least 64
 */
public record RecipeComparison(
        String name,
        Map<String, Path> recipes,
        double minutes,
        List<Long> seeds,
        int parallel,
        int images,
        int duringTraining) {
    private static final int MILESTONES = 8;
    private static final Set<Measure> MEASURES =
            Measure.usualAnd(List.of(Measure.FID_INTERVAL, Measure.DIVERSITY, Measure.MEMORIZATION));

    public RecipeComparison {
        if (recipes.isEmpty()) throw new RecipeException("a comparison wants at least one recipe: 0");
        if (!(minutes > 0)) throw new RecipeException("minutes must be above 0: " + minutes);
    }

    /**
     * The sweep.
     *
     * @param overrides of every recipe, each {@code key=value}
     * @throws RecipeException in one sentence if recipes learn from different data, or one cannot be used
     */
    public Sweep sweep(List<String> overrides) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("name", name);
        ObjectNode paths = tree.putObject("recipes");
        recipes.forEach((label, path) -> paths.put(label, path.toAbsolutePath().toString()));
        ObjectNode set = tree.putObject("set");
        set.put("training.minutes", minutes);
        set.put("training.steps", 0);
        set.put("training.checkpointSeconds", 60 * minutes / MILESTONES);
        set.put("evaluation.duringTraining", duringTraining);
        ArrayNode named = tree.putArray("seeds");
        seeds.forEach(named::add);
        tree.put("parallel", parallel);
        ObjectNode evaluate = tree.putObject("evaluate");
        evaluate.put("images", images);
        ArrayNode scores = evaluate.putArray("scores");
        for (Measure measure : MEASURES) measure.columns().forEach(score -> scores.add(score.name()));
        Sweep sweep = Sweep.parse(Yaml.write(tree), Path.of(""), overrides);
        requireSameData(sweep);
        return sweep;
    }

    private static void requireSameData(Sweep sweep) {
        Trial first = sweep.trials().get(0);
        for (Trial trial : sweep.trials())
            if (!trial.experiment().data().equals(first.experiment().data()))
                throw new RecipeException(
                        "recipes must learn from the same data: " + first.cell().get(0) + " from "
                                + text(first) + ", " + trial.cell().get(0) + " from " + text(trial)
                                + "; give `data`, or `set` data.size=... and so on");
    }

    private static String text(Trial trial) {
        DataSettings data = trial.experiment().data();
        return data.source() + " at " + data.size() + " px (" + data.channels() + " channels, flip "
                + Kebab.of(data.flip()) + ")";
    }
}
