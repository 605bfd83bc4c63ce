package dev.calotype.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Belonging;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.RecipeFiles;
import dev.calotype.experiment.Stepwise;
import dev.calotype.io.FileId;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.judge.Measure;
import dev.calotype.run.Preflight;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A recipe, what is varied in it, and what is measured: every trial of a sweep file.
 *
 * @param axes what differs between trainings
 * @param variantAxes what differs between the samplings of one trained model
 * @param parallel trials that run at the same time
 * @param text the file with the recipe inside and every default named, from which the same sweep can be read
 */
public record Sweep(
        String name,
        List<Axis> axes,
        List<Axis> variantAxes,
        Measurement measurement,
        List<Trial> trials,
        int parallel,
        String text) {
    private static final Set<Capability<?>> UNDRAWN =
            Set.of(Capability.NAMES_CLASSES, Capability.PREDICTS_EMBEDDINGS); // of models that are measured otherwise
    private static final int MAX_TRIALS = 10_000;
    private static final String RECIPE = "recipe"; // the axis of several recipes

    /**
     * Reads a sweep file.
     *
     * @param overrides of its recipe, each {@code key=value}, on top of those that the file sets
     * @throws RecipeException in one sentence if anything in it cannot be used, in any cell
     */
    public static Sweep read(Path file, List<String> overrides) {
        try {
            return parse(Yaml.text(file, "sweep"), file.toAbsolutePath().getParent(), overrides);
        } catch (RecipeException e) {
            throw e.getMessage().contains(file.toString()) ? e : new RecipeException(file + ": " + e.getMessage(), e);
        }
    }

    /** Whether its cells are trainings of different recipes. */
    public boolean comparesRecipes() {
        return !axes.isEmpty()
                && axes.get(0).name().equals(RECIPE)
                && axes.get(0).settings().stream()
                        .allMatch(setting -> setting.overrides().isEmpty());
    }

    /** Opens whatever its cells name, so that none fails after hours. */
    public void preflight() throws IOException {
        Preflight preflight = new Preflight();
        for (Trial trial : trials) {
            preflight.data(trial.experiment());
            preflight.settings(trial.experiment());
            if (trial.draws())
                preflight.judging(
                        trial.generative(),
                        measurement.against(trial.generative()),
                        measurement.network(trial.generative()),
                        "evaluate.images",
                        measurement.images());
        }
    }

    /** The sweep of a text; a recipe named by its path is looked for in {@code folder}. */
    public static Sweep parse(String yaml, Path folder, List<String> overrides) {
        ObjectNode tree = Yaml.resource(Sweep.class, "sweep-defaults.yaml");
        Yaml.merge(tree, Yaml.object(yaml, "a sweep"));
        if (tree.get("recipes") instanceof ObjectNode recipes) {
            if (!tree.get("recipe").asText().isEmpty() || tree.get("recipe").isObject())
                throw new RecipeException("a sweep has a recipe or recipes, not both");
            recipes.properties().forEach(entry -> entry.setValue(recipe(entry.getValue(), folder)));
        } else tree.set("recipe", recipe(tree.get("recipe"), folder));
        set(tree, overrides);
        follow((ObjectNode) tree.get("evaluate"), overrides);
        return new Reader(tree).sweep();
    }

    private static ObjectNode recipe(JsonNode recipe, Path folder) {
        if (recipe instanceof ObjectNode inline) return inline;
        if (recipe.asText().isEmpty()) throw new RecipeException("a sweep must have a recipe: a path, or a mapping");
        return Yaml.object(Yaml.text(RecipeFiles.find(recipe.asText(), folder), "recipe"), "the recipe");
    }

    /** Adds overrides to those of the file, so that the text of the sweep has them. */
    private static void set(ObjectNode tree, List<String> overrides) {
        ObjectNode set = tree.get("set") instanceof ObjectNode given ? given : tree.putObject("set");
        for (String override : overrides) {
            int equals = override.indexOf('=');
            if (equals < 1) throw new RecipeException("`set` wants key=value: " + override);
            ObjectNode value = Yaml.object("value: " + override.substring(equals + 1), "`set` " + override);
            set.set(override.substring(0, equals), value.get("value"));
        }
    }

    /** Lets what is named for all cells go where an override names another data set, reference or network. */
    private static void follow(ObjectNode evaluate, List<String> overrides) {
        Optional<String> source = last(overrides, "data.source");
        String likelihood = evaluate.path("likelihood").path("data").asText();
        if (source.isPresent() && !likelihood.isEmpty() && !likelihood.startsWith(":"))
            throw new RecipeException(
                    "evaluate.likelihood.data must be empty or a part such as :test where data.source is"
                            + " replaced: " + likelihood);
        boolean foreign =
                source.isPresent() && Belonging.foreign(evaluate.path("network").asText(), source.get());
        if (source.isPresent() || last(overrides, "evaluation.against").isPresent()) evaluate.put("against", "");
        if (foreign || last(overrides, "evaluation.network").isPresent()) evaluate.put("network", "");
    }

    /** The value that the last override of a key gives. */
    private static Optional<String> last(List<String> overrides, String key) {
        return overrides.stream()
                .filter(override -> override.startsWith(key + "="))
                .map(override -> override.substring(key.length() + 1).replaceAll("^'|'$", ""))
                .reduce((before, after) -> after);
    }

    /** Trials and variants of a tree in which every key is known. */
    private static final class Reader {
        private final ObjectNode tree;
        private final Map<String, String> recipes = new LinkedHashMap<>(); // by label
        private final List<String> set;
        private final List<Axis> axes;
        private final List<Axis> variantAxes;
        private final String name;

        Reader(ObjectNode tree) {
            this.tree = tree;
            set = Axis.overrides((ObjectNode) tree.get("set"));
            name = tree.get("name").asText();
            boolean listed = tree.get("cells").size() > 0;
            List<Axis> varied = listed ? List.of(Axis.cells(tree.get("cells"))) : Axis.all(tree.get("axes"), "axes");
            if (listed && !Axis.all(tree.get("axes"), "axes").isEmpty())
                throw new RecipeException("a sweep has axes or cells, not both");
            axes = withRecipes(varied);
            variantAxes = Axis.all(tree.get("evaluate").get("axes"), "evaluate.axes");
            requireSampling();
        }

        /** The axes, with one of recipes before them if there are several. */
        private List<Axis> withRecipes(List<Axis> varied) {
            if (!(tree.get("recipes") instanceof ObjectNode several)) {
                recipes.put("", Yaml.write(tree.get("recipe")));
                return varied;
            }
            several.properties().forEach(entry -> recipes.put(entry.getKey(), Yaml.write(entry.getValue())));
            List<Axis> all = new ArrayList<>(List.of(Axis.ofLabels(RECIPE, recipes.keySet())));
            all.addAll(varied);
            return List.copyOf(all);
        }

        private String recipe(List<Axis.Setting> cell) {
            return recipes.get(recipes.containsKey("") ? "" : cell.get(0).label());
        }

        Sweep sweep() {
            ObjectNode evaluate = tree.get("evaluate").deepCopy();
            evaluate.remove("axes");
            Measurement measurement = Yaml.value(evaluate, Measurement.class);
            int parallel = Yaml.value(tree.get("parallel"), Integer.class);
            if (parallel < 1 || parallel > 64) throw new RecipeException("parallel must be in 1..64: " + parallel);
            return new Sweep(name, axes, variantAxes, measurement, trials(measurement), parallel, Yaml.write(tree));
        }

        private void requireSampling() {
            for (Axis axis : variantAxes)
                for (Axis.Setting setting : axis.settings())
                    for (String override : setting.overrides())
                        if (!override.startsWith("sampling."))
                            throw new RecipeException("evaluate.axes may vary keys of sampling only, which need no new"
                                    + " training: " + override);
        }

        private List<Trial> trials(Measurement measurement) {
            List<Trial> trials = new ArrayList<>();
            List<List<Axis.Setting>> cells = Axis.grid(axes);
            long[] seeds = Yaml.value(tree.get("seeds"), long[].class);
            if (seeds.length == 0) throw new RecipeException("seeds must name at least one");
            if ((long) cells.size() * seeds.length > MAX_TRIALS)
                throw new RecipeException("a sweep must have at most " + MAX_TRIALS + " trainings: "
                        + (long) cells.size() * seeds.length);
            Set<String> ids = new HashSet<>();
            for (List<Axis.Setting> cell : cells)
                for (long seed : seeds) {
                    Trial trial = trial(cell, seed, measurement);
                    if (!ids.add(trial.id()))
                        throw new RecipeException(
                                "the same training is there twice: " + labels(cell) + ", seed " + seed);
                    trials.add(trial);
                }
            return List.copyOf(trials);
        }

        private Trial trial(List<Axis.Setting> cell, long seed, Measurement measurement) {
            List<String> overrides = new ArrayList<>(set);
            cell.forEach(setting -> overrides.addAll(setting.overrides()));
            overrides.add("seed=" + seed);
            overrides.add("name=" + name);
            Experiment experiment = inCell(cell, () -> Recipe.parse(recipe(cell), overrides));
            if (Kinds.capabilities(experiment).stream().anyMatch(UNDRAWN::contains))
                return undrawn(cell, experiment, measurement);
            GenerativeExperiment generative = experiment
                    .generative()
                    .orElseThrow(() -> new RecipeException(
                            "a sweep wants a recipe of a model of images, of a classifier or of a prior"));
            if (measurement.images() > 0)
                Belonging.of(generative, measurement.network(generative), measurement.against(generative))
                        .require(generative.evaluation().foreignJudge());
            generative.requireOwnJudge();
            if (measurement.likelihood().images() > 0) requireLikelihood(measurement.likelihood(), generative);
            String id = FileId.of(labels(cell) + " s" + seed, Recipe.write(generative));
            return new Trial(id, labels(cell), generative, variants(generative, measurement));
        }

        private Trial undrawn(List<Axis.Setting> cell, Experiment experiment, Measurement measurement) {
            if (measurement.likelihood().images() > 0) requireLikelihood(measurement.likelihood(), experiment);
            if (!variantAxes.isEmpty())
                throw new RecipeException("evaluate.axes must be empty for a model that draws nothing: "
                        + variantAxes.get(0).name());
            String id = FileId.of(labels(cell) + " s" + experiment.seed(), Recipe.write(experiment));
            return new Trial(id, labels(cell), experiment, List.of());
        }

        private static void requireLikelihood(Measurement.LikelihoodPlan plan, Experiment experiment) {
            if (!Kinds.capabilities(experiment).contains(Capability.TELLS_LIKELIHOOD))
                throw new RecipeException("evaluate.likelihood.images must be 0 for the kind "
                        + Kinds.of(experiment).name() + ": " + plan.images());
            int steps = experiment instanceof Stepwise process ? process.steps() : plan.steps();
            if (plan.steps() > steps)
                throw new RecipeException("evaluate.likelihood.steps must be at most those of the process, " + steps
                        + ": " + plan.steps());
        }

        private List<Trial.Variant> variants(GenerativeExperiment experiment, Measurement measurement) {
            List<Trial.Variant> variants = new ArrayList<>();
            if (measurement.images() == 0) return variants;
            String text = Recipe.write(experiment);
            for (List<Axis.Setting> variant : Axis.grid(variantAxes)) {
                List<String> overrides =
                        variant.stream().flatMap(s -> s.overrides().stream()).toList();
                var varied = (GenerativeExperiment) inCell(variant, () -> Recipe.parse(text, overrides));
                String all = varied.sampling() + " " + measurement.images() + " " + measurement.seed() + " "
                        + measurement.against(experiment) + " "
                        + FeatureNetworks.identity(measurement.network(experiment))
                        + beyondUsual(measurement.measures());
                variants.add(new Trial.Variant(
                        FileId.of(labels(variant).toString(), all), labels(variant), varied.sampling()));
            }
            return List.copyOf(variants);
        }

        /** What is measured besides the usual, which names of files do not tell. */
        private static String beyondUsual(Set<Measure> measures) {
            Set<Measure> others = EnumSet.copyOf(measures);
            others.removeAll(Measure.usual());
            return others.isEmpty() ? "" : " " + others;
        }

        private static Experiment inCell(List<Axis.Setting> cell, Supplier<Experiment> parse) {
            try {
                return parse.get();
            } catch (IllegalArgumentException e) {
                throw new RecipeException("cell " + labels(cell) + ": " + e.getMessage(), e);
            }
        }

        private static List<String> labels(List<Axis.Setting> settings) {
            return settings.stream().map(Axis.Setting::label).toList();
        }
    }
}
