package dev.calotype.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.judge.Belonging;
import dev.calotype.kind.gan.GanNetworks;
import dev.calotype.settings.Kebab;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * YAML to an {@link Experiment} and back. A recipe says what differs from the defaults of its {@code kind}, which stand
 * in a resource beside this class; a key that the defaults lack is an error that names the nearest one there is.
 */
public final class Recipe {
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
        Experiment.Kind kind = kind(given);
        List<ObjectNode> layers = new ArrayList<>(List.of(given));
        for (String override : overrides) layers.add(override(override));
        ObjectNode tree = kind == Experiment.Kind.GAN ? gan(layers) : defaults(kind.type(), Kebab.of(kind));
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
        tree.put("kind", Kebab.of(experiment.kind()));
        tree.setAll(Yaml.tree(experiment));
        return Yaml.write(tree);
    }

    private static Experiment.Kind kind(ObjectNode given) {
        JsonNode kind = given.remove("kind");
        if (kind == null) return Experiment.Kind.DIFFUSION;
        for (Experiment.Kind k : Experiment.Kind.values()) if (Kebab.of(k).equals(kind.asText())) return k;
        throw new RecipeException("kind must be one of " + Kebab.list(Experiment.Kind.values()) + ": " + kind.asText());
    }

    private static ObjectNode defaults(Class<?> beside, String name) {
        return Yaml.resource(beside, name + "-defaults.yaml");
    }

    /** The defaults of the architecture that the last of {@code layers} to do so names: its network has keys of its own. */
    private static ObjectNode gan(List<ObjectNode> layers) {
        ObjectNode tree = defaults(GanNetworks.class, "gan");
        String architecture = GanNetworks.DCGAN;
        for (ObjectNode layer : layers)
            architecture = layer.path("network").path(GanNetworks.ARCHITECTURE).asText(architecture);
        if (architecture.equals(GanNetworks.DCGAN)) return tree;
        if (!architecture.equals(GanNetworks.STYLEGAN2))
            throw new RecipeException("network.architecture must be one of " + GanNetworks.DCGAN + ", "
                    + GanNetworks.STYLEGAN2 + ": " + architecture);
        ObjectNode style = defaults(GanNetworks.class, "gan-" + architecture);
        tree.set("network", style.remove("network"));
        Yaml.merge(tree, style);
        return tree;
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
