package dev.calotype.column;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Columns by name, of as many rows each.
 *
 * @param byName may be empty
 */
public record Columns(Map<String, Column> byName) {
    /** Pictures as prepared, {@link Column.Bytes} of (C, H, W). */
    public static final String IMAGE = "image";
    /** Pictures that follow each other, {@link Column.Bytes} of (T, C, H, W). */
    public static final String VIDEO = "video";
    /** What a codec makes of pictures, {@link Column.Floats} of (C, H, W). */
    public static final String LATENT = "latent";
    /** What an encoder makes of pictures or texts, {@link Column.Floats} of (D). */
    public static final String EMBEDDING = "embedding";
    /** What a text encoder has at the first tokens of captions, {@link Column.Floats} of (K, W); zeros behind the last. */
    public static final String WORDS = "words";
    /** Smaller pictures that images are to be like, {@link Column.Floats} of (C, h, w) in -1..1 with noise over them. */
    public static final String SMALLER = "smaller";
    /** How much noise is over them, {@link Column.Floats} of one value in 0..1. */
    public static final String NOISE = "noise";
    /** What was done to images, {@link Column.Floats} of the numbers that {@code NonLeakingAugmentation} tells. */
    public static final String CHANGES = "changes";
    /** The indices of classes, {@link Column.Numbers}. */
    public static final String LABEL = "label";
    /** Shares of all classes, {@link Column.Floats} of (classes). */
    public static final String SOFT_LABEL = "soft-label";
    /** What pictures show in English, {@link Column.Texts}. */
    public static final String CAPTION = "caption";
    /** What is known of pictures, by attribute, {@link Column.Facts}. */
    public static final String ATTRIBUTES = "attributes";
    /** Whether samples are rehearsed while others are learned, {@link Column.Numbers}: 1 of those, 0 of these. */
    public static final String REHEARSED = "rehearsed";

    /** No column, no row. */
    public static final Columns NONE = new Columns(Map.of());

    public Columns {
        byName = Map.copyOf(byName);
        if (byName.values().stream().mapToInt(Column::count).distinct().count() > 1)
            throw new IllegalArgumentException("columns must have as many rows each: " + counts(byName));
    }

    /** One column. */
    public static Columns of(String name, Column column) {
        return new Columns(Map.of(name, column));
    }

    /**
     * The rows of several, one after the other.
     *
     * @throws IllegalArgumentException if one has a column that another has not, or of another shape
     */
    public static Columns join(List<Columns> all) {
        if (all.isEmpty()) return NONE;
        Columns first = all.get(0);
        for (Columns other : all)
            if (!other.names().equals(first.names()))
                throw new IllegalArgumentException("samples must have the same columns: " + new TreeSet<>(first.names())
                        + " and " + new TreeSet<>(other.names()));
        Map<String, Column> joined = new LinkedHashMap<>();
        first.byName.forEach((name, column) -> {
            List<Column> parts = new ArrayList<>();
            for (Columns other : all) parts.add(other.byName.get(name));
            joined.put(name, column.joined(parts));
        });
        return new Columns(joined);
    }

    /** Their names. */
    public Set<String> names() {
        return byName.keySet();
    }

    /** N, the number of rows; 0 without columns. */
    public int count() {
        return byName.values().stream().mapToInt(Column::count).findFirst().orElse(0);
    }

    /** Whether there is a column of this name. */
    public boolean has(String name) {
        return byName.containsKey(name);
    }

    /**
     * The column of this name.
     *
     * @throws IllegalArgumentException if there is none, or it holds something else
     */
    public <C extends Column> C get(String name, Class<C> type) {
        Column column = byName.get(name);
        if (column == null)
            throw new IllegalArgumentException("there is no " + name + "; there are " + new TreeSet<>(names()));
        if (!type.isInstance(column))
            throw new IllegalArgumentException(name + " must be " + type.getSimpleName() + ": "
                    + column.getClass().getSimpleName());
        return type.cast(column);
    }

    /** The whole numbers of this name, N; none where there is no such column. */
    public int[] numbers(String name) {
        return has(name) ? get(name, Column.Numbers.class).values() : new int[0];
    }

    /** The texts of this name, N; none where there is no such column. */
    public List<String> texts(String name) {
        return has(name) ? get(name, Column.Texts.class).values() : List.of();
    }

    /** The same with another column, or with another one of this name. */
    public Columns with(String name, Column column) {
        Map<String, Column> more = new LinkedHashMap<>(byName);
        more.put(name, column);
        return new Columns(more);
    }

    /** The rows {@code from} to {@code to - 1}. */
    public Columns rows(int from, int to) {
        Map<String, Column> some = new LinkedHashMap<>();
        byName.forEach((name, column) -> some.put(name, column.rows(from, to)));
        return new Columns(some);
    }

    private static Map<String, Integer> counts(Map<String, Column> byName) {
        Map<String, Integer> counts = new TreeMap<>();
        byName.forEach((name, column) -> counts.put(name, column.count()));
        return counts;
    }
}
