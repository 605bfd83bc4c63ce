package dev.calotype.data;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.label.Labels;
import dev.calotype.image.Picture;
import java.util.List;
import java.util.Map;

/**
 * One item of a data set.
 *
 * @param name where it came from, for messages
 * @param pictures as they were found: one of an image, several of a video in their order, none of what has only columns
 * @param columns what else is known of it, one row each: label, caption, attributes, or a latent, an embedding
 */
public record Sample(String name, List<Picture> pictures, Columns columns) {
    /** The label of a sample that has none. */
    public static final int UNLABELLED = Labels.UNLABELLED;

    public Sample {
        pictures = List.copyOf(pictures);
        if (columns.count() > 1)
            throw new IllegalArgumentException("a sample has one row of each column: " + columns.count());
    }

    /**
     * An image.
     *
     * @param label index into {@link ImageDataset#classes()}, or {@link #UNLABELLED}
     * @param caption in English, or empty
     * @param attributes what is known of the picture, by attribute name; empty if nothing is
     */
    public Sample(String name, Picture image, int label, String caption, Map<String, String> attributes) {
        this(
                name,
                List.of(image),
                new Columns(Map.of(
                        Columns.LABEL,
                        new Column.Numbers(label),
                        Columns.CAPTION,
                        new Column.Texts(List.of(caption)),
                        Columns.ATTRIBUTES,
                        new Column.Facts(List.of(Map.copyOf(attributes))))));
    }

    /** A picture of which nothing else is known. */
    public static Sample of(String name, Picture image) {
        return new Sample(name, image, UNLABELLED, "", Map.of());
    }

    /** Its image. */
    public Picture image() {
        if (pictures.size() != 1)
            throw new IllegalStateException(name + " is no image: it has " + pictures.size() + " pictures");
        return pictures.get(0);
    }

    /** The index of its class, or {@link #UNLABELLED}. */
    public int label() {
        return columns.has(Columns.LABEL) ? columns.numbers(Columns.LABEL)[0] : UNLABELLED;
    }

    /** What it shows in English, or the empty string. */
    public String caption() {
        return columns.has(Columns.CAPTION) ? columns.texts(Columns.CAPTION).get(0) : "";
    }

    /** What is known of it, by attribute name. */
    public Map<String, String> attributes() {
        if (!columns.has(Columns.ATTRIBUTES)) return Map.of();
        return columns.get(Columns.ATTRIBUTES, Column.Facts.class).values().get(0);
    }

    /** The same with another column of one row. */
    public Sample with(String column, Column row) {
        return new Sample(name, pictures, columns.with(column, row));
    }
}
