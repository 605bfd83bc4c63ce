package dev.calotype.checkpoint.vit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.io.Quoted;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The values of a {@code config.json} of transformers; each that is not what it should be is named. */
final class TransformersSettings {
    private final JsonNode json;

    TransformersSettings(JsonNode json) throws IOException {
        this.json = json;
        if (json == null || !json.isObject()) throw new IOException("it is not a JSON object");
    }

    /** What transformers calls this sort of network. */
    String family() {
        return json.path("model_type").asText();
    }

    void requireFamily(List<String> families) throws IOException {
        if (!families.contains(family()))
            throw new IOException("model_type must be one of " + families + ": " + shown(json.get("model_type")));
    }

    /** The names of {@code count} classes; numbers where the config has none. */
    List<String> classes(int count) throws IOException {
        JsonNode names = json.get("id2label");
        List<String> classes = new ArrayList<>();
        if (names != null && names.size() != count)
            throw new IOException("id2label names " + names.size() + " classes, the classifier has " + count);
        for (int i = 0; i < count; i++) {
            JsonNode name = names == null ? null : names.get(String.valueOf(i));
            if (names != null && name == null) throw new IOException("id2label lacks the class " + i);
            classes.add(name == null ? String.valueOf(i) : name.asText());
        }
        return classes;
    }

    void require(String name, String value) throws IOException {
        JsonNode given = json.get(name);
        if (given != null && !given.isNull() && !given.asText().equals(value))
            throw new IOException(name + " must be " + value + ": " + shown(given));
    }

    int square(String name, int otherwise) throws IOException {
        JsonNode value = json.get(name);
        if (value == null || !value.isArray()) return integer(name, otherwise);
        if (value.size() != 2
                || !value.get(0).equals(value.get(1))
                || !value.get(0).isInt())
            throw new IOException(name + " must be the same for height and width: " + shown(value));
        return value.get(0).intValue();
    }

    int integer(String name, int otherwise) throws IOException {
        JsonNode value = json.get(name);
        if (value == null || value.isNull()) return otherwise;
        if (!value.isInt() || value.intValue() < 0)
            throw new IOException(name + " must be a whole number of at least 0: " + shown(value));
        return value.intValue();
    }

    int[] integers(String name, int... otherwise) throws IOException {
        JsonNode value = json.get(name);
        if (value == null || value.isNull()) return otherwise;
        int[] numbers = new int[value.size()];
        for (int i = 0; i < numbers.length; i++)
            if (value.get(i).isInt() && value.get(i).intValue() > 0)
                numbers[i] = value.get(i).intValue();
            else throw new IOException(name + " must be whole numbers of at least 1: " + shown(value));
        return numbers;
    }

    String text(String name, String otherwise) {
        JsonNode value = json.get(name);
        return value == null || value.isNull() ? otherwise : value.asText();
    }

    double number(String name, double otherwise) throws IOException {
        JsonNode value = json.get(name);
        if (value == null || value.isNull()) return otherwise;
        if (!value.isNumber()) throw new IOException(name + " must be a number: " + shown(value));
        return value.doubleValue();
    }

    private static String shown(JsonNode value) {
        return value == null ? "nothing" : Quoted.name(value.toString());
    }

    /** Names the classes. */
    static void putClasses(ObjectNode json, List<String> classes) {
        ObjectNode names = json.putObject("id2label"), numbers = json.putObject("label2id");
        for (int i = 0; i < classes.size(); i++) {
            names.put(String.valueOf(i), classes.get(i));
            numbers.put(classes.get(i), i);
        }
    }
}
