package dev.calotype.settings;

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
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.calotype.io.NearestName;
import dev.calotype.io.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Files that people write: YAML laid over defaults, then turned into records. A key that the defaults lack, a key given
 * twice and a value of the wrong type are errors in one sentence; constants are written in {@link Kebab} form.
 */
public final class Yaml {
    private static final long MAX_BYTES = 1 << 20;
    private static final Pattern NO_NUMBER = Pattern.compile("[+-]?\\.?(nan|inf|infinity)", Pattern.CASE_INSENSITIVE);

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

    private Yaml() {}

    /**
     * The text of a file.
     *
     * @param what names the kind of file, such as "recipe"
     * @throws RecipeException if there is none, or it is larger than 1 MB
     */
    public static String text(Path file, String what) {
        try {
            if (!Files.isRegularFile(file)) throw new RecipeException("there is no " + what + " " + file);
            if (Files.size(file) > MAX_BYTES) throw new RecipeException(file + " is too large for a " + what);
            return Files.readString(file);
        } catch (IOException e) {
            throw new RecipeException("cannot read " + file + ": " + Reason.of(e), e);
        }
    }

    /** The defaults in a resource beside a class. */
    public static ObjectNode resource(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            return (ObjectNode) YAML.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException("the resource " + name + " is damaged", e);
        }
    }

    /** A mapping of keys to values; {@code what} names it in errors. */
    public static ObjectNode object(String yaml, String what) {
        try {
            refuseAliases(yaml, what);
            JsonNode node = YAML.readTree(yaml);
            if (node instanceof ObjectNode object) return object;
            throw new RecipeException(what + " must be a YAML mapping of keys to values");
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw new RecipeException(what + " is not valid YAML" + where + ": " + sentence(e), e);
        }
    }

    /** A tree holds the name of an alias where its value belongs. */
    private static void refuseAliases(String yaml, String what) throws JsonProcessingException {
        try (YAMLParser parser = YAML.getFactory().createParser(yaml)) {
            while (parser.nextToken() != null)
                if (parser.isCurrentAlias())
                    throw new RecipeException(what + " is not valid YAML at line "
                            + parser.currentTokenLocation().getLineNr() + ": the alias *" + parser.getText()
                            + " is not followed, write its value out");
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("the text of a " + what + " cannot be read", e);
        }
    }

    /** The parser's message without the lines that show the place, which is told by its number. */
    private static String sentence(JsonProcessingException e) {
        return String.valueOf(e.getOriginalMessage())
                .lines()
                .filter(line -> !line.isBlank() && !Character.isWhitespace(line.charAt(0)))
                .collect(Collectors.joining(", "));
    }

    /** A value as the tree that is written for it. */
    public static ObjectNode tree(Object value) {
        return YAML.valueToTree(value);
    }

    /** The record that a tree stands for. */
    public static <T> T value(JsonNode tree, Class<T> type) {
        try {
            return YAML.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new RecipeException(explain(e), e);
        }
    }

    /** The text of a tree. */
    public static String write(JsonNode tree) {
        try {
            return YAML.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write " + tree, e);
        }
    }

    /** A text as a value of YAML, whatever is in it. */
    public static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** Lays {@code given} over {@code defaults}, which must have its keys. */
    public static void merge(ObjectNode defaults, ObjectNode given) {
        merge(defaults, given, "");
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
                requireFinite(path + key, known, entry.getValue());
                base.set(key, entry.getValue());
            }
        }
    }

    /** A number that is none, or has no end, is refused wherever a number belongs. */
    private static void requireFinite(String key, JsonNode known, JsonNode value) {
        if (known.isArray() && value.isArray()) {
            for (JsonNode element : value) if (known.size() > 0) requireFinite(key, known.get(0), element);
        } else if (known.isNumber() && !Double.isFinite(value.asDouble(0)))
            throw new RecipeException(key + " must be a finite number: " + value.asText());
        else if (known.isNumber() && NO_NUMBER.matcher(value.asText()).matches())
            throw new RecipeException(key + " must be a finite number: " + value.asText());
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
        if (!(e instanceof JsonMappingException mapping)) return sentence(e);
        String path = mapping.getPath().stream()
                .map(reference ->
                        reference.getFieldName() == null ? "[" + reference.getIndex() + "]" : reference.getFieldName())
                .collect(Collectors.joining("."));
        if (e instanceof ValueInstantiationException && e.getCause() != null) {
            String cause = e.getCause().getMessage();
            return path.isEmpty() ? cause : path + (cause.startsWith("must ") ? " " : ": ") + cause;
        }
        if (e instanceof InvalidFormatException format) {
            Class<?> wanted = format.getTargetType();
            String allowed = wanted.isEnum()
                    ? "one of " + Kebab.list((Enum<?>[]) wanted.getEnumConstants())
                    : "a " + noun(wanted);
            return path + " must be " + allowed + ": " + format.getValue();
        }
        if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null)
            return path + " must be a " + noun(mismatch.getTargetType());
        return path + ": " + sentence(e);
    }

    private static String noun(Class<?> type) {
        if (type == int.class || type == Integer.class || type == long.class) return "whole number";
        if (type == double.class || type == Double.class) return "number";
        if (type == String.class) return "text";
        return List.class.isAssignableFrom(type) ? "list" : type.getSimpleName();
    }
}
