package dev.calotype.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.io.Quoted;
import dev.calotype.nn.Activation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of a {@code config.json}: asked for by name, with the defaults of diffusers; none goes unread silently. */
public final class DiffusersSettings {
    static final Map<String, Activation> ACTIVATIONS = Map.of(
            "silu", Activation.SILU,
            "swish", Activation.SILU,
            "mish", Activation.MISH,
            "gelu", Activation.GELU,
            "relu", Activation.RELU);
    private static final Logger LOG = LoggerFactory.getLogger(DiffusersSettings.class);

    private final JsonNode json;
    private final Set<String> unread = new TreeSet<>();

    /**
     * @param type the class of diffusers whose settings they must be
     * @throws IOException if they are those of another, or no settings at all
     */
    public DiffusersSettings(JsonNode json, String type) throws IOException {
        if (json == null || !json.isObject()) throw new IOException("config.json is not a JSON object");
        this.json = json;
        json.fieldNames().forEachRemaining(name -> {
            if (!name.startsWith("_")) unread.add(name);
        });
        JsonNode given = json.get("_class_name");
        if (given == null || !given.asText().equals(type))
            throw new IOException("_class_name must be " + type + ": " + shown(given));
    }

    /** Whether the setting is there and null. */
    public boolean isNull(String name) {
        JsonNode value = json.get(name);
        if (value == null || !value.isNull()) return false;
        unread.remove(name);
        return true;
    }

    /** A whole number of at least 0. */
    public int integer(String name, int otherwise) throws IOException {
        JsonNode value = take(name);
        if (value == null || value.isNull()) return otherwise;
        if (!value.isInt() || value.intValue() < 0)
            throw new IOException(name + " must be a whole number of at least 0: " + shown(value));
        return value.intValue();
    }

    /** True or false. */
    public boolean flag(String name, boolean otherwise) throws IOException {
        JsonNode value = take(name);
        if (value == null || value.isNull()) return otherwise;
        if (!value.isBoolean()) throw new IOException(name + " must be true or false: " + shown(value));
        return value.booleanValue();
    }

    /** Any number. */
    public double number(String name, double otherwise) throws IOException {
        JsonNode value = take(name);
        if (value == null || value.isNull()) return otherwise;
        if (!value.isNumber()) throw new IOException(name + " must be a number: " + shown(value));
        return value.doubleValue();
    }

    /** Positive whole numbers; {@code otherwise} where nothing is said. */
    public List<Integer> integers(String name, List<Integer> otherwise) throws IOException {
        JsonNode value = take(name);
        if (value == null || value.isNull()) return otherwise;
        List<Integer> integers = new ArrayList<>();
        for (JsonNode element : value) {
            if (!element.isInt() || element.intValue() < 1)
                throw new IOException(name + " must be positive whole numbers: " + shown(value));
            integers.add(element.intValue());
        }
        return integers;
    }

    /** Texts; {@code otherwise} where nothing is said. */
    public List<String> texts(String name, List<String> otherwise) {
        JsonNode value = take(name);
        if (value == null) return otherwise;
        List<String> texts = new ArrayList<>();
        for (JsonNode element : value) texts.add(element.asText());
        return texts;
    }

    /** One of the named values. */
    public <T> T choice(String name, String otherwise, Map<String, T> choices) throws IOException {
        JsonNode value = take(name);
        T choice = choices.get(value == null ? otherwise : value.asText().toLowerCase(Locale.ROOT));
        if (choice == null)
            throw new IOException(name + " must be one of " + new TreeMap<>(choices).keySet() + ": " + shown(value));
        return choice;
    }

    /** What {@code act_fn} names. */
    public Activation activation(String otherwise) throws IOException {
        return choice("act_fn", otherwise, ACTIVATIONS);
    }

    /** Numbers; {@code otherwise} where nothing is said. */
    public List<Double> numbers(String name, List<Double> otherwise) throws IOException {
        JsonNode value = take(name);
        if (value == null || value.isNull()) return otherwise;
        List<Double> numbers = new ArrayList<>();
        for (JsonNode element : value) {
            if (!element.isNumber()) throw new IOException(name + " must be numbers: " + shown(value));
            numbers.add(element.doubleValue());
        }
        return numbers;
    }

    /** The setting as it stands there, or null. */
    public JsonNode any(String name) {
        return take(name);
    }

    /**
     * Refuses a setting that is honoured at some values alone.
     *
     * @param allowed as JSON writes them; nothing said is allowed besides
     */
    public void only(String name, String... allowed) throws IOException {
        JsonNode value = take(name);
        if (value != null && !value.isNull() && !Set.of(allowed).contains(value.toString()))
            throw new IOException(
                    name + " must be " + String.join(" or ", allowed) + ", others are not honoured: " + shown(value));
    }

    /** Passes over a setting that does not change the network. */
    public void ignore(String name) {
        take(name);
    }

    /** Warns of settings that nothing has asked for: those of other versions, which diffusers passes over likewise. */
    public void passOverTheRest() {
        for (String name : unread)
            LOG.warn(
                    "The setting {} of config.json, {}, is not known and is passed over.", name, shown(json.get(name)));
    }

    private JsonNode take(String name) {
        unread.remove(name);
        return json.get(name);
    }

    private static String shown(JsonNode value) {
        return value == null ? "nothing" : Quoted.name(value.toString());
    }
}
