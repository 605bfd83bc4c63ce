package dev.calotype.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.calotype.io.NearestName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * YAML to an {@link Experiment} and back. A recipe says what differs from the defaults of its {@code kind}, which stand
 * in a resource beside this class; a key that the defaults lack is an error that names the nearest one there is.
 */
public final class Recipe {
    private static final long MAX_BYTES = 1 << 20;

    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .addModule(new KebabEnums())
            .build();

    private Recipe() {}

    /** The experiment of a file, with {@code overrides} of the form {@code key.key=value} applied in order. */
    public static Experiment read(Path file, List<String> overrides) {
        try {
            if (!Files.isRegularFile(file)) throw new RecipeException("there is no recipe " + file);
            if (Files.size(file) > MAX_BYTES) throw new RecipeException(file + " is too large for a recipe");
            return parse(Files.readString(file), overrides);
        } catch (IOException e) {
            throw new RecipeException("cannot read " + file + ": " + e.getMessage(), e);
        } catch (RecipeException e) {
            throw e.getMessage().contains(file.toString()) ? e : new RecipeException(file + ": " + e.getMessage(), e);
        }
    }

    /** The experiment of a text. */
    public static Experiment parse(String yaml, List<String> overrides) {
        ObjectNode given = object(yaml, "a recipe");
        Experiment.Kind kind = kind(given);
        ObjectNode tree = defaults(kind);
        merge(tree, given, "");
        for (String override : overrides) merge(tree, override(override), "");
        try {
            return YAML.treeToValue(tree, kind.type());
        } catch (JsonProcessingException e) {
            throw new RecipeException(explain(e), e);
        }
    }

    /** The complete text of an experiment: every value, none left to a default. */
    public static String write(Experiment experiment) {
        try {
            ObjectNode tree = YAML.createObjectNode();
            tree.put("kind", Kebab.of(experiment.kind()));
            tree.setAll((ObjectNode) YAML.valueToTree(experiment));
            return YAML.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + experiment, e);
        }
    }

    private static Experiment.Kind kind(ObjectNode given) {
        JsonNode kind = given.remove("kind");
        if (kind == null) return Experiment.Kind.DIFFUSION;
        for (Experiment.Kind k : Experiment.Kind.values()) if (Kebab.of(k).equals(kind.asText())) return k;
        throw new RecipeException("kind must be one of " + Kebab.list(Experiment.Kind.values()) + ": " + kind.asText());
    }

    private static ObjectNode defaults(Experiment.Kind kind) {
        String name = Kebab.of(kind) + "-defaults.yaml";
        try (InputStream in = Recipe.class.getResourceAsStream(name)) {
            return (ObjectNode) YAML.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the resource " + name + " is damaged", e);
        }
    }

    private static ObjectNode object(String yaml, String what) {
        try {
            JsonNode node = YAML.readTree(yaml);
            if (node instanceof ObjectNode object) return object;
            throw new RecipeException(what + " must be a YAML mapping of keys to values");
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw new RecipeException(what + " is not valid YAML" + where + ": " + e.getOriginalMessage(), e);
        }
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
        return object(yaml.append(text.substring(equals + 1)).toString(), "--set " + text);
    }

    private static void merge(ObjectNode base, ObjectNode given, String path) {
        for (Iterator<Map.Entry<String, JsonNode>> i = given.properties().iterator(); i.hasNext(); ) {
            Map.Entry<String, JsonNode> entry = i.next();
            String key = entry.getKey();
            JsonNode known = base.get(key);
            if (known == null) throw new RecipeException(unknown(base, key, path));
            if (entry.getValue().isNull()) throw new RecipeException(path + key + " must have a value");
            if (known instanceof ObjectNode inner) {
                if (!(entry.getValue() instanceof ObjectNode value))
                    throw new RecipeException(path + key + " must be a mapping with the keys " + keys(inner));
                merge(inner, value, path + key + ".");
            } else {
                requireValues(path + key, entry.getValue());
                base.set(key, entry.getValue());
            }
        }
    }

    private static void requireValues(String key, JsonNode value) {
        if (value.isNull()) throw new RecipeException(key + " must have a value");
        for (JsonNode element : value) requireValues("every element of " + key, element);
    }

    private static String unknown(ObjectNode base, String key, String path) {
        List<String> known = new ArrayList<>();
        base.fieldNames().forEachRemaining(known::add);
        return "unknown key " + path + key
                + NearestName.of(key, known)
                        .map(near -> "; did you mean " + path + near + "?")
                        .orElse("; known are " + keys(base));
    }

    private static String keys(ObjectNode node) {
        StringBuilder names = new StringBuilder();
        node.fieldNames().forEachRemaining(name -> names.append(names.length() == 0 ? "" : ", ")
                .append(name));
        return names.toString();
    }

    private static String explain(JsonProcessingException e) {
        if (!(e instanceof JsonMappingException mapping)) return e.getOriginalMessage();
        String path = mapping.getPath().stream()
                .map(reference ->
                        reference.getFieldName() == null ? "[" + reference.getIndex() + "]" : reference.getFieldName())
                .collect(Collectors.joining("."));
        if (e instanceof ValueInstantiationException && e.getCause() != null)
            return path.isEmpty()
                    ? e.getCause().getMessage()
                    : path + ": " + e.getCause().getMessage();
        if (e instanceof InvalidFormatException format) {
            Class<?> wanted = format.getTargetType();
            String allowed = wanted.isEnum()
                    ? "one of " + Kebab.list((Enum<?>[]) wanted.getEnumConstants())
                    : "a " + noun(wanted);
            return path + " must be " + allowed + ": " + format.getValue();
        }
        if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null)
            return path + " must be a " + noun(mismatch.getTargetType());
        return path + ": " + e.getOriginalMessage();
    }

    private static String noun(Class<?> type) {
        if (type == int.class || type == Integer.class || type == long.class) return "whole number";
        if (type == double.class || type == Double.class) return "number";
        if (type == String.class) return "text";
        return List.class.isAssignableFrom(type) ? "list" : type.getSimpleName();
    }
}
