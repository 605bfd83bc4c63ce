package dev.calotype.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.settings.RecipeException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One thing that a sweep varies.
 *
 * @param name a key of a recipe, or any name for settings that change several keys
 * @param settings at least one, with different labels
 */
public record Axis(String name, List<Setting> settings) {
    /**
     * One value of an axis.
     *
     * @param overrides what it changes, each {@code key=value}
     */
    public record Setting(String label, List<String> overrides) {
        public Setting {
            overrides = List.copyOf(overrides);
        }
    }

    public Axis {
        settings = List.copyOf(settings);
        if (settings.isEmpty()) throw new RecipeException("the axis " + name + " must have at least one value");
        Set<String> labels = new HashSet<>();
        for (Setting setting : settings)
            if (!labels.add(setting.label()))
                throw new RecipeException("the axis " + name + " has the value " + setting.label() + " twice");
    }

    /**
     * The axes of a mapping. A list of values varies the key that it stands under; a mapping of labels to mappings of keys
     * to values varies all those keys together.
     */
    static List<Axis> all(JsonNode axes, String path) {
        if (axes.isTextual() && axes.asText().isEmpty()) return List.of();
        if (!(axes instanceof ObjectNode mapping))
            throw new RecipeException(path + " must be a mapping of keys to lists of values");
        List<Axis> all = new ArrayList<>();
        mapping.properties()
                .forEach(entry -> all.add(of(path + "." + entry.getKey(), entry.getKey(), entry.getValue())));
        return all;
    }

    private static Axis of(String path, String name, JsonNode values) {
        List<Setting> settings = new ArrayList<>();
        if (values.isArray())
            for (JsonNode value : values) settings.add(new Setting(label(value), List.of(name + "=" + value)));
        else if (values instanceof ObjectNode bundles)
            bundles.properties()
                    .forEach(bundle -> settings.add(
                            new Setting(bundle.getKey(), overrides(path, bundle.getKey(), bundle.getValue()))));
        else throw new RecipeException(path + " must be a list of values, or a mapping of labels to keys and values");
        return new Axis(name, settings);
    }

    /** Settings that are told apart by their labels and change no key. */
    static Axis ofLabels(String name, Collection<String> labels) {
        return new Axis(
                name,
                labels.stream().map(label -> new Setting(label, List.of())).toList());
    }

    /** Cells given one by one, each a mapping of keys to values with a {@code name} of its own. */
    static Axis cells(JsonNode cells) {
        List<Setting> settings = new ArrayList<>();
        for (JsonNode cell : cells) {
            if (!(cell instanceof ObjectNode mapping) || !mapping.hasNonNull("name"))
                throw new RecipeException("every element of cells must be a mapping with a name");
            String name = mapping.get("name").asText();
            settings.add(new Setting(
                    name, overrides("cells", name, mapping.deepCopy().without("name"))));
        }
        return new Axis("cell", settings);
    }

    private static List<String> overrides(String path, String label, JsonNode keys) {
        if (!(keys instanceof ObjectNode mapping))
            throw new RecipeException(path + "." + label + " must be a mapping of keys to values");
        return overrides(mapping);
    }

    /** A mapping of keys to values as overrides of a recipe. A value written as JSON is YAML as well. */
    static List<String> overrides(ObjectNode mapping) {
        return mapping.properties().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
    }

    private static String label(JsonNode value) {
        if (value.isFloatingPointNumber()) return decimal(value.decimalValue());
        if (!value.isArray()) return value.asText();
        List<String> parts = new ArrayList<>();
        value.forEach(part -> parts.add(label(part)));
        return String.join(" ", parts);
    }

    /** As people write a number: 0.0001 and 1e-10, never 1.0E-4. */
    private static String decimal(BigDecimal value) {
        BigDecimal bare = value.stripTrailingZeros();
        int exponent = bare.precision() - bare.scale() - 1; // of its first digit
        if (bare.signum() == 0 || exponent >= -6 && exponent <= 9)
            return (bare.scale() < 1 ? bare.setScale(1) : bare).toPlainString();
        return bare.unscaledValue().toString().replaceFirst("(?<=\\d)(?=\\d)", ".") + "e" + exponent;
    }

    /** Every choice of one setting of each axis, the last axis fastest; of no axes the one empty choice. */
    static List<List<Setting>> grid(List<Axis> axes) {
        List<List<Setting>> grid = List.of(List.of());
        for (Axis axis : axes) {
            List<List<Setting>> longer = new ArrayList<>();
            for (List<Setting> begun : grid)
                for (Setting setting : axis.settings()) {
                    List<Setting> choice = new ArrayList<>(begun);
                    choice.add(setting);
                    longer.add(choice);
                }
            grid = longer;
        }
        return grid;
    }
}
