package dev.calotype.data.leaves;

import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What pictures of leaves are made of beside discs of all sizes; each can be left out, to see what it is worth. */
public enum Ingredient {
    /** Leaves that are no discs: polygons, bars and blobs. */
    SHAPES,
    /** Grain whose power falls with frequency. */
    GRAIN,
    /** Stripes and waves. */
    STRIPES,
    /** A slow change of colour across a leaf. */
    SHADES,
    /** Straight lines before the leaves. */
    LINES,
    /** Rows of strokes like writing. */
    WRITING,
    /** A sharp foreground before a blurred ground. */
    DEPTH,
    /** What a lens blurs. */
    LENS,
    /** Light of slow change over all, and another gamma. */
    LIGHT,
    /** One picture in 25 is a room. */
    ROOMS;

    /** As people write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Their written forms, joined by {@code +}. */
    static String names(Set<Ingredient> ingredients) {
        return ingredients.stream().sorted().map(Ingredient::toString).collect(Collectors.joining("+"));
    }

    /** The ingredients of a text in that form. */
    static Set<Ingredient> all(String names) throws IOException {
        Set<Ingredient> all = EnumSet.noneOf(Ingredient.class);
        for (String name : names.split("\\+", -1)) all.add(one(name));
        return all;
    }

    private static Ingredient one(String name) throws IOException {
        for (Ingredient each : values()) if (each.toString().equals(name)) return each;
        String known = Arrays.stream(values()).map(Ingredient::toString).collect(Collectors.joining(", "));
        throw new IOException("what leaves are without must be of " + known + ": " + name);
    }
}
