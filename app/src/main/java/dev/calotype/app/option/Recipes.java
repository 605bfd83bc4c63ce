package dev.calotype.app.option;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.RecipeFiles;
import dev.calotype.settings.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds recipes: a path, or the name of one of the recipes that come with Calotype. */
public final class Recipes {
    private Recipes() {}

    public static Experiment read(String recipe, String data, List<String> overrides) {
        return Recipe.read(find(recipe), overrides(data, null, overrides));
    }

    /** What replaces values of recipes, in the order in which it applies. */
    public static List<String> overrides(String data, String network, List<String> others) {
        return overrides(data, null, network, others);
    }

    /** {@link #overrides(String, String, List)} with what a classifier begins with. */
    public static List<String> overrides(String data, String from, String network, List<String> others) {
        List<String> all = new ArrayList<>();
        if (data != null) all.add("data.source=" + Yaml.quoted(data));
        if (from != null) all.add("init.from=" + Yaml.quoted(from));
        if (network != null) all.add("evaluation.network=" + Yaml.quoted(network));
        all.addAll(others);
        return all;
    }

    /** {@code others} and the word that a foreign judge is allowed. */
    public static List<String> foreign(boolean allowed, List<String> others) {
        List<String> all = new ArrayList<>(others);
        if (allowed) all.add("evaluation.foreignJudge=allow");
        return all;
    }

    public static Path find(String recipe) {
        return RecipeFiles.find(recipe, Path.of(""));
    }
}
