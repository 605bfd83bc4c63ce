package dev.calotype.model;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import java.util.List;

/**
 * What a batch of images is to show, one row per image; a network reads the columns that it was built for and ignores the
 * rest.
 */
public record Condition(Columns columns) {
    /** Says nothing about the images. */
    public static final Condition NONE = new Condition(Columns.NONE);

    /** One class per image; {@link #NONE} without labels. */
    public static Condition ofLabels(int... labels) {
        return labels.length == 0 ? NONE : new Condition(Columns.of(Columns.LABEL, new Column.Numbers(labels)));
    }

    /** The class indices; empty if there are none. */
    public int[] labels() {
        return columns.numbers(Columns.LABEL);
    }

    /**
     * The class indices, which a network of so many classes wants of every image.
     *
     * @throws IllegalArgumentException if there are more or fewer than images, or one is none of its classes
     */
    public int[] labels(int classes, long images) {
        int[] labels = labels();
        if (labels.length != images)
            throw new IllegalArgumentException(
                    "the network wants one class per image: " + labels.length + " for " + images);
        for (int label : labels)
            if (label < 0 || label >= classes)
                throw new IllegalArgumentException("class must be in 0.." + (classes - 1) + ": " + label);
        return labels;
    }

    /**
     * This condition followed by {@code other}, for one call over both.
     *
     * @throws IllegalArgumentException if they do not say the same kind of thing
     */
    public Condition concat(Condition other) {
        return new Condition(Columns.join(List.of(columns, other.columns)));
    }

    /** This condition, and another column. */
    public Condition with(String name, Column column) {
        return new Condition(columns.with(name, column));
    }

    /** What this says of the images {@code from} to {@code to - 1}. */
    public Condition slice(int from, int to) {
        return new Condition(columns.rows(from, to));
    }
}
