package dev.calotype.studio.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Recipe;
import dev.calotype.settings.Check;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.Refusal;
import dev.calotype.studio.model.AllowedFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The recipes that a studio may train.
 *
 * @param folder of their files
 * @param allowed where pictures may be that they learn from
 */
record RecipeShelf(Path folder, AllowedFolders allowed) {
    private static final Logger LOG = LoggerFactory.getLogger(RecipeShelf.class);
    private static final String SUFFIX = ".yaml";
    private static final int MOST_VALUES = 100;
    /** What a request may set: nothing that names a file or a program. */
    private static final Set<String> GROUPS = Set.of("training", "network", "process", "sampling", "game", "condition");

    /** A part of those that names files: what is begun with, rehearsed and added. */
    private static final String FILES = "training.tune";

    private static final Set<String> OTHERS = Set.of("data.size", "data.channels", "data.mirror", "name");
    private static final Set<String> BUILT_IN = Set.of("rooms", "moving", "leaves");

    /** What is to be trained, and how it is said on a command line. */
    record Order(String recipe, Path file, List<String> overrides, Experiment experiment) {}

    /** All of them with what people want to know of them. */
    ObjectNode list() throws IOException {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode recipes = answer.putArray("recipes");
        for (String name : names()) {
            try {
                Path file = file(name);
                Experiment experiment = Recipe.read(file, List.of());
                ObjectNode told = recipes.addObject()
                        .put("name", name)
                        .put("what", firstSentence(file))
                        .put("kind", Kinds.of(experiment).name())
                        .put("defaultMinutes", experiment.training().minutes());
                told.putObject("values")
                        .put("data.source", experiment.data().source())
                        .put("data.size", experiment.data().size())
                        .put("training.minutes", experiment.training().minutes())
                        .put("training.steps", experiment.training().steps())
                        .put("training.batch", experiment.training().batch())
                        .put("training.learningRate", experiment.training().learningRate());
            } catch (RecipeException e) {
                LOG.debug("{} is left out of the recipes", name, e);
            }
        }
        return answer;
    }

    private List<String> names() throws IOException {
        if (!Files.isDirectory(folder)) return List.of();
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                    .sorted()
                    .toList();
        }
    }

    private Path file(String name) throws IOException {
        if (!names().contains(name)) throw Refusal.missing("recipe " + name);
        return folder.resolve(name + SUFFIX);
    }

    /** What the comment at the head of a recipe says first. */
    private static String firstSentence(Path file) throws IOException {
        StringBuilder words = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
            if (!line.startsWith("#") || line.matches("#\\s*(Command|Measured):.*")) break;
            words.append(line.substring(1).strip()).append(' ');
        }
        String text =
                words.toString().replaceAll("\\s*\\([^()]*\\d{4}[^()]*\\)", "").strip(); // without what is cited
        int end = text.indexOf(". ");
        return end < 0 ? text : text.substring(0, end + 1);
    }

    /**
     * What a request orders: {@code set} and {@code data} over a recipe.
     *
     * @throws IllegalArgumentException if a value is wrong, or is none that a request may set
     * @throws RecipeException the same, in the words of recipes
     */
    Order order(String recipe, Fields request) throws IOException {
        Path file = file(recipe);
        List<String> overrides = new ArrayList<>();
        request.text("data").filter(data -> !data.isBlank()).ifPresent(data -> overrides.add(source(data)));
        request.text("name").filter(name -> !name.isBlank()).ifPresent(name -> {
            Experiment.requireName(name);
            overrides.add("name=" + name);
        });
        ObjectNode set = request.object("set").map(Fields::json).orElse(JsonNodeFactory.instance.objectNode());
        Check.that(set.size() <= MOST_VALUES, "set must have at most " + MOST_VALUES + " values", set.size());
        for (Map.Entry<String, JsonNode> value : set.properties()) {
            String key = value.getKey();
            Check.that(
                    maySet(key),
                    "set may name values of "
                            + String.join(", ", GROUPS.stream().sorted().toList()) + ", and "
                            + String.join(", ", OTHERS.stream().sorted().toList()) + ", but none of " + FILES,
                    key);
            Check.that(value.getValue().isValueNode(), key + " must be a text, a number or true or false", "a list");
            String text = value.getValue().asText();
            Check.that(
                    text.matches(".{0,200}"), key + " must be one short line", text.length()); // none of YAML's breaks
            overrides.add(key + "=" + text);
        }
        Experiment experiment = read(recipe, file, overrides);
        return new Order(recipe, file, List.copyOf(overrides), experiment);
    }

    /** Whether a request may set a key. */
    static boolean maySet(String key) {
        boolean known = OTHERS.contains(key) || key.contains(".") && GROUPS.contains(key.split("\\.")[0]);
        return known && key.matches("[A-Za-z0-9.]{1,80}") && !(key + ".").startsWith(FILES + ".");
    }

    private static Experiment read(String recipe, Path file, List<String> overrides) throws IOException {
        try {
            Experiment experiment = Recipe.read(file, overrides);
            experiment.requireTrainable();
            return experiment;
        } catch (RecipeException e) {
            throw new RecipeException(e.getMessage().replace(file.toString(), "the recipe " + recipe), e);
        }
    }

    private String source(String data) {
        boolean builtIn = BUILT_IN.contains(data.replaceFirst(":.*", ""));
        String name = builtIn ? data : allowed.require(data).toString();
        return "data.source=" + Yaml.quoted(name);
    }
}
