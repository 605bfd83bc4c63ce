package dev.calotype.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
        for (ObjectNode layer : layers) Yaml.merge(tree, layer);
        return Yaml.value(tree, kind.type());
    }

    /** The complete text of an experiment: every value, none left to a default. */
    public static String write(Experiment experiment) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        tree.put("kind", Kinds.of(experiment).name());
        tree.setAll(Yaml.tree(experiment));
        return Yaml.write(tree);
    }

    private static Kind<?> kind(ObjectNode given) {
        JsonNode kind = given.remove("kind");
        return Kinds.named(kind == null ? USUAL : kind.asText());
    }

    /** {@code a.b=value} as the tree {a: {b: value}}. */
    private static ObjectNode override(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) throw new RecipeException("--set wants key=value: " + text);
        StringBuilder yaml = new StringBuilder();
        String[] path = text.substring(0, equals).split("\\.");
        for (int i = 0; i < path.length; i++) {
            if (i > 0) yaml.append("\n").append("  ".repeat(i));
            yaml.append(path[i]).append(": ");
        }
        return Yaml.object(yaml.append(text.substring(equals + 1)).toString(), "--set " + text);
    }
}
