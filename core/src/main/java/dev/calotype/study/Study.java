package dev.calotype.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.io.FileId;
import dev.calotype.io.Reason;
import dev.calotype.restoration.Equipment;
import dev.calotype.restoration.Method;
import dev.calotype.restoration.Methods;
import dev.calotype.restoration.Scoring;
import dev.calotype.restore.Budget;
import dev.calotype.restore.Degradation;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Methods x pictures x degradations x seeds: every trial of a study file.
 *
 * @param text the file with every default named and absolute paths, from which the same study can be read
 */
public record Study(
        String name,
        List<TestPicture> pictures,
        List<Method> methods,
        Plan plan,
        Scoring scoring,
        Equipment.Sources equipment,
        String text) {
    private static final int MAX_TRIALS = 100_000;

    /**
     * How often everything is tried, and how long.
     *
     * @param degradations in their text form
     * @param budget of each trial, unless its method has one of its own
     * @param parallel trials at the same time, with one engine thread each; 1 for one trial with all threads
     * @param baseline the label of the method that the others are tested against
     */
    public record Plan(List<String> degradations, List<Long> seeds, Budget budget, int parallel, String baseline) {
        public Plan {
            degradations = List.copyOf(degradations);
            seeds = List.copyOf(seeds);
            if (degradations.isEmpty()) throw new RecipeException("degradations must name at least one");
            if (seeds.isEmpty()) throw new RecipeException("seeds must name at least one");
            if (parallel < 1 || parallel > 64) throw new RecipeException("parallel must be in 1..64: " + parallel);
        }
    }

    /**
     * Reads a study file.
     *
     * @throws RecipeException in one sentence if anything in it cannot be used
     */
    public static Study read(Path file) {
        try {
            return parse(Yaml.text(file, "study"), file.toAbsolutePath().getParent());
        } catch (RecipeException e) {
            throw e.getMessage().contains(file.toString()) ? e : new RecipeException(file + ": " + e.getMessage(), e);
        }
    }

    /** The study of a text; paths in it are seen from {@code folder}. */
    public static Study parse(String yaml, Path folder) {
        ObjectNode tree = Yaml.resource(Study.class, "study-defaults.yaml");
        Yaml.merge(tree, Yaml.object(yaml, "a study"));
        Equipment.Sources equipment =
                Yaml.value(tree.get("equipment"), Equipment.Sources.class).in(folder);
        tree.set("equipment", Yaml.tree(equipment));
        Scoring scoring = Yaml.value(tree.get("score"), Scoring.class).in(folder);
        tree.set("score", Yaml.tree(scoring));
        TestPicture.Source source =
                Yaml.value(tree.get("pictures"), TestPicture.Source.class).in(folder);
        tree.set("pictures", Yaml.tree(source));
        List<Method> methods = methods(tree.get("methods"));
        Plan plan = plan(tree, methods);
        long trials = (long) methods.size()
                * plan.degradations().size()
                * plan.seeds().size();
        try {
            List<TestPicture> pictures = source.pictures();
            if (trials * pictures.size() > MAX_TRIALS)
                throw new RecipeException(
                        "a study must have at most " + MAX_TRIALS + " trials: " + trials * pictures.size());
            String name = tree.get("name").asText();
            return new Study(name, pictures, methods, plan, scoring, equipment, Yaml.write(tree));
        } catch (IOException e) {
            throw new RecipeException("pictures: " + Reason.of(e), e);
        }
    }

    private static List<Method> methods(JsonNode given) {
        if (!(given instanceof ObjectNode mapping) || mapping.isEmpty())
            throw new RecipeException(
                    "methods must be a mapping of labels to methods; known are " + String.join(", ", Methods.kinds()));
        List<Method> methods = new ArrayList<>();
        mapping.properties().forEach(entry -> methods.add(Methods.of(entry.getKey(), entry.getValue())));
        return methods;
    }

    private static Plan plan(ObjectNode tree, List<Method> methods) {
        List<String> degradations = new ArrayList<>();
        for (JsonNode text : tree.get("degradations")) degradations.add(canonical(text.asText()));
        if (new LinkedHashSet<>(degradations).size() < degradations.size())
            throw new RecipeException("degradations has one twice: " + degradations);
        List<Long> seeds = new ArrayList<>();
        for (long seed : Yaml.value(tree.get("seeds"), long[].class)) seeds.add(seed);
        Budget budget = new Budget(
                Yaml.value(tree.get("seconds"), Double.class), Yaml.value(tree.get("iterations"), Integer.class));
        String baseline = tree.get("baseline").asText();
        Set<String> labels = new LinkedHashSet<>();
        methods.forEach(method -> labels.add(method.label()));
        if (!baseline.isEmpty() && !labels.contains(baseline))
            throw new RecipeException(
                    "baseline must be one of the methods " + String.join(", ", labels) + ": " + baseline);
        int parallel = Yaml.value(tree.get("parallel"), Integer.class);
        return new Plan(degradations, seeds, budget, parallel, baseline);
    }

    private static String canonical(String text) {
        try {
            return Degradation.parse(text).toString();
        } catch (IllegalArgumentException e) {
            throw new RecipeException("degradations: " + e.getMessage(), e);
        }
    }

    /** Every trial; the methods are the last to change, so that whatever slows the machine for a while slows all of them. */
    public List<Trial> trials() {
        List<Trial> trials = new ArrayList<>();
        for (String degradation : plan.degradations())
            for (TestPicture picture : pictures)
                for (long seed : plan.seeds())
                    for (Method method : methods) trials.add(trial(degradation, picture, seed, method));
        return trials;
    }

    private Trial trial(String degradation, TestPicture picture, long seed, Method method) {
        String observed = picture.name() + " " + degradation + " s" + seed;
        Budget budget = method.budget(plan.budget());
        String content = String.join(
                "\n",
                picture.identity(),
                degradation,
                Long.toString(seed),
                method.content(),
                budget.toString(),
                Integer.toString(plan.parallel()),
                scoring.toString(),
                method.uses(equipment));
        return new Trial(
                FileId.of(method.label() + " " + observed, content), method, picture, degradation, seed, budget);
    }
}
