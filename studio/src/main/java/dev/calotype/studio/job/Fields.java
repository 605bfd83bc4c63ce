package dev.calotype.studio.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.io.NearestName;
import dev.calotype.settings.Check;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** The fields of a request, whose values are checked as they are read; what is wrong is an IllegalArgumentException of one sentence. */
public record Fields(ObjectNode json) {
    private static final int LONGEST_TEXT = 10_000;

    /** Refuses fields that nobody reads. */
    public Fields knowing(Collection<String> names) {
        for (Iterator<String> given = json.fieldNames(); given.hasNext(); ) {
            String name = given.next();
            if (!names.contains(name))
                throw new IllegalArgumentException(
                        "there is no field " + shortened(name) + NearestName.hint(name, names));
        }
        return this;
    }

    /** Whether a field has a value. */
    public boolean has(String name) {
        return json.hasNonNull(name);
    }

    /** A text of at most 10,000 characters. */
    public Optional<String> text(String name) {
        if (!has(name)) return Optional.empty();
        JsonNode value = json.get(name);
        Check.that(value.isTextual(), name + " must be a text", shortened(value.toString()));
        Check.that(
                value.textValue().length() <= LONGEST_TEXT,
                name + " must have at most " + LONGEST_TEXT + " characters",
                value.textValue().length());
        return Optional.of(value.textValue());
    }

    /** A text that must be there. */
    public String requireText(String name) {
        return text(name).orElseThrow(() -> new IllegalArgumentException(name + " must be given"));
    }

    /** A whole number in {@code low..high}. */
    public Optional<Long> whole(String name, long low, long high) {
        if (!has(name)) return Optional.empty();
        JsonNode value = json.get(name);
        boolean fits = value.canConvertToExactIntegral() && value.canConvertToLong();
        Check.that(
                fits && value.longValue() >= low && value.longValue() <= high,
                name + " must be a whole number in " + low + ".." + high,
                shortened(value.toString()));
        return Optional.of(value.longValue());
    }

    /** A whole number in {@code low..high}, {@code usual} where it is not given. */
    public int whole(String name, int low, int high, int usual) {
        return whole(name, low, high).map(Math::toIntExact).orElse(usual);
    }

    /** A number in {@code low..high}. */
    public Optional<Double> number(String name, double low, double high) {
        if (!has(name)) return Optional.empty();
        JsonNode value = json.get(name);
        Check.that(value.isNumber(), name + " must be a number", shortened(value.toString()));
        Check.range(name, value.doubleValue(), low, high);
        return Optional.of(value.doubleValue());
    }

    /** True or false. */
    public Optional<Boolean> flag(String name) {
        if (!has(name)) return Optional.empty();
        Check.that(
                json.get(name).isBoolean(),
                name + " must be true or false",
                shortened(json.get(name).toString()));
        return Optional.of(json.get(name).booleanValue());
    }

    /** One of some words. */
    public Optional<String> oneOf(String name, Collection<String> words) {
        Optional<String> said = text(name);
        said.ifPresent(word -> Check.that(
                words.contains(word), name + " must be one of " + String.join(", ", words), shortened(word)));
        return said;
    }

    /** The fields of an object. */
    public Optional<Fields> object(String name) {
        if (!has(name)) return Optional.empty();
        if (json.get(name) instanceof ObjectNode object) return Optional.of(new Fields(object));
        throw new IllegalArgumentException(
                name + " must be an object: " + shortened(json.get(name).toString()));
    }

    /** A list of at most {@code most} values; empty where it is not given. */
    public List<JsonNode> list(String name, int most) {
        if (!has(name)) return List.of();
        JsonNode value = json.get(name);
        Check.that(value.isArray(), name + " must be a list", shortened(value.toString()));
        Check.that(value.size() <= most, name + " must have at most " + most + " values", value.size());
        List<JsonNode> values = new ArrayList<>();
        value.forEach(values::add);
        return values;
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}
