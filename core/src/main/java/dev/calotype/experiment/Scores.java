package dev.calotype.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers by name, as measures found them: {@code fid}, {@code precision}. What belongs together stands in a group, whose
 * members are named with a dot between: {@code mmd.bandwidth}; those of a list by their place, from 0.
 *
 * @param byName numbers, texts, lists, and maps of these
 */
public record Scores(@JsonValue Map<String, Object> byName) {
    /** No score. */
    public static final Scores NONE = new Scores(Map.of());

    private static final ObjectMapper JSON = new ObjectMapper();

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Scores {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** The number of this name; null where it was not measured. */
    public Double number(String name) {
        Object value = value(name);
        if (value instanceof Number number) return number.doubleValue();
        return value instanceof String text && text.matches("NaN|-?Infinity") ? Double.valueOf(text) : null;
    }

    /** The text of this name; null where there is none. */
    public String text(String name) {
        Object value = value(name);
        return value == null ? null : value.toString();
    }

    /** Whether there is anything of this name. */
    public boolean has(String name) {
        return value(name) != null;
    }

    /** What stands under this name, as {@code type} has it; null where there is nothing. */
    public <T> T as(String name, Class<T> type) {
        return JSON.convertValue(value(name), type);
    }

    /** The same with another score, a number, a text or a record of such; null leaves it out. */
    public Scores with(String name, Object value) {
        if (value == null) return this;
        Map<String, Object> more = new LinkedHashMap<>(byName);
        more.put(name, JSON.convertValue(value, Object.class));
        return new Scores(more);
    }

    /** These and {@code others}. */
    public Scores and(Scores others) {
        Map<String, Object> more = new LinkedHashMap<>(byName);
        more.putAll(others.byName);
        return new Scores(more);
    }

    private Object value(String name) {
        Object value = byName;
        for (String part : name.split("\\.")) value = member(value, part);
        return value;
    }

    private static Object member(Object of, String name) {
        if (of instanceof Map<?, ?> group) return group.get(name);
        boolean listed = of instanceof List<?> list && name.matches("\\d{1,9}") && Integer.parseInt(name) < list.size();
        return listed ? ((List<?>) of).get(Integer.parseInt(name)) : null;
    }
}
