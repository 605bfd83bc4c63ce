package dev.calotype.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * YAML to an {@link Experiment} and back. A recipe says what differs from the defaults of its {@code kind}, which stand
 * in a resource of its kind; a key that the defaults lack is an error that names the nearest one there is.
 */
public final class Recipe {
    private static final String USUAL = "diffusion"; // the kind of recipes that name none

    private Recipe() {}

    /** The experiment of a file, with {@code overrides} of the form {@code key.key=value} applied in order. */
    public static Experiment read(Path file, List<String> overrides) {
        try {
            return parse(Yaml.text(file, "recipe"), overrides);
        } catch (RecipeException e) {
            throw e.getMessage().contains(file.toString()) ? e : new RecipeException(file + ": " + e.getMessage(), e);
        }
    }

    /** The experiment of a text. */
    public static Experiment parse(String yaml, List<String> overrides) {
        ObjectNode given = Yaml.object(yaml, "a recipe");
        Kind<?> kind = kind(given);
        List<ObjectNode> layers = new ArrayList<>(List.of(given));
        for (String override : overrides) layers.add(override(override));
        ObjectNode tree = kind.defaults(layers);
        Yaml.merge(tree, given);
        String source = source(tree);
        List<ObjectNode> others = layers.subList(1, layers.size());
        for (ObjectNode layer : others) Yaml.merge(tree, layer);
        if (tree.get("evaluation") instanceof ObjectNode evaluation) follow(evaluation, source, source(tree), others);
        return Yaml.value(tree, kind.type());
    }

    private static String source(ObjectNode tree) {
        return tree.path("data").path("source").asText();
    }

    /** Lets the judge of a recipe go where its data set was replaced by another one, and names the usual one. */
    private static void follow(ObjectNode evaluation, String before, String source, List<ObjectNode> overrides) {
        if (!Belonging.same(before, source)) {
            if (!named(overrides, "against")) evaluation.put("against", "");
            boolean foreign = Belonging.foreign(evaluation.path("network").asText(), source);
            if (!named(overrides, "network") && foreign) evaluation.put("network", "");
        }
        if (evaluation.path("network").asText().isBlank()) evaluation.put("network", Belonging.usualNetwork(source));
    }

    private static boolean named(List<ObjectNode> overrides, String key) {
        return overrides.stream().anyMatch(layer -> layer.path("evaluation").has(key));
    }

    /** The complete text of an experiment: every value, none left to a default. */
    public static String write(Experiment experiment) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("kind", Kinds.of(experiment).name());
        tree.setAll(Yaml.tree(experiment));
        return Yaml.write(tree);
    }

    /**
     * An experiment with other values.
     *
     * @param overrides such as {@code training.steps=500}
     * @throws RecipeException if it cannot be so
     */
    public static Experiment with(Experiment experiment, List<String> overrides) {
        return parse(write(experiment), overrides);
    }

    /**
     * An experiment with other values of one key.
     *
     * @param key such as {@code training.tune.adapters}
     * @throws RecipeException if it cannot be so
     */
    public static Experiment with(Experiment experiment, String key, List<String> values) {
        String list = values.stream().map(Yaml::quoted).collect(Collectors.joining(", ", "[", "]"));
        return with(experiment, List.of(key + "=" + list));
    }

    private static Kind<?> kind(ObjectNode given) {
        JsonNode kind = given.remove("kind");
        return Kinds.named(kind == null ? USUAL : kind.asText());
    }

    /** {@code a.b=value} as the tree {a: {b: value}}. */
    private static ObjectNode override(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) throw new RecipeException("`set` wants key=value: " + text);
        StringBuilder yaml = new StringBuilder();
        String[] path = text.substring(0, equals).split("\\.");
        for (int i = 0; i < path.length; i++) {
            if (i > 0) yaml.append("\n").append("  ".repeat(i));
            yaml.append(path[i]).append(": ");
        }
        return Yaml.object(yaml.append(text.substring(equals + 1)).toString(), "`set` " + text);
    }
}
