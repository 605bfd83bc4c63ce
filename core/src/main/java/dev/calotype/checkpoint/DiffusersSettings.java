package dev.calotype.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The settings of a {@code config.json}: asked for by name, with the defaults of diffusers; none goes unread. */
final class DiffusersSettings {
    private final JsonNode json;
    private final Set<String> unread = new TreeSet<>();

    DiffusersSettings(JsonNode json) throws IOException {
        if (json == null || !json.isObject()) throw new IOException("config.json is not a JSON object");
        this.json = json;
        json.fieldNames().forEachRemaining(name -> {
            if (!name.startsWith("_")) unread.add(name);
        });
        JsonNode type = json.get("_class_name");
        if (type == null || !type.asText().equals("UNet2DModel"))
            throw new IOException("_class_name must be UNet2DModel: " + shown(type));
    }

    /**
     * Refuses all but the allowed values.
     *
     * @param otherwise JSON of the value that an absent setting has
     * @param allowed JSON of each value that our network has
     */
    void require(String name, String otherwise, String... allowed) throws IOException {
        JsonNode given = take(name);
        JsonNode value = given == null ? Checkpoint.JSON.readTree(otherwise) : given;
        for (String json : allowed) if (equal(value, Checkpoint.JSON.readTree(json))) return;
        throw new IOException(name + " must be " + String.join(" or ", allowed) + ": " + shown(given));
    }

    private static boolean equal(JsonNode a, JsonNode b) {
        return a.isNumber() && b.isNumber() ? a.doubleValue() == b.doubleValue() : a.equals(b);
    }

    /** Whether the setting is there and null. */
    boolean isNull(String name) {
        JsonNode value = json.get(name);
        if (value == null || !value.isNull()) return false;
        unread.remove(name);
        return true;
    }

    /** A whole number of at least 0. */
    int integer(String name, int otherwise) throws IOException {
        JsonNode value = take(name);
        if (value == null || value.isNull()) return otherwise;
        if (!value.isInt() || value.intValue() < 0)
            throw new IOException(name + " must be a whole number of at least 0: " + shown(value));
        return value.intValue();
    }

    double number(String name, double otherwise) throws IOException {
        JsonNode value = take(name);
        if (value == null) return otherwise;
        if (!value.isNumber()) throw new IOException(name + " must be a number: " + shown(value));
        return value.doubleValue();
    }

    List<Integer> integers(String name, List<Integer> otherwise) throws IOException {
        JsonNode value = take(name);
        if (value == null) return otherwise;
        List<Integer> integers = new ArrayList<>();
        for (JsonNode element : value) {
            if (!element.isInt() || element.intValue() < 1)
                throw new IOException(name + " must be positive whole numbers: " + shown(value));
            integers.add(element.intValue());
        }
        return integers;
    }

    List<String> texts(String name, List<String> otherwise) {
        JsonNode value = take(name);
        if (value == null) return otherwise;
        List<String> texts = new ArrayList<>();
        for (JsonNode element : value) texts.add(element.asText());
        return texts;
    }

    /** One of the named values. */
    <T> T choice(String name, String otherwise, Map<String, T> choices) throws IOException {
        JsonNode value = take(name);
        T choice = choices.get(value == null ? otherwise : value.asText());
        if (choice == null)
            throw new IOException(name + " must be one of " + new TreeMap<>(choices).keySet() + ": " + shown(value));
        return choice;
    }

    /** Passes over a setting that does not change the network. */
    void ignore(String name) {
        take(name);
    }

    /** Refuses settings that nothing has asked for. */
    void requireNothingElse() throws IOException {
        if (!unread.isEmpty()) throw new IOException("unknown settings " + unread);
    }

    private JsonNode take(String name) {
        unread.remove(name);
        return json.get(name);
    }

    private static String shown(JsonNode value) {
        return value == null ? "nothing" : HeaderReader.quoted(value.toString());
    }
}
