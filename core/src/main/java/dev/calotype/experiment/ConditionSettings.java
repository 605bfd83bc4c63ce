package dev.calotype.experiment;

import dev.calotype.column.Columns;
import dev.calotype.settings.Check;
import java.util.List;
import java.util.Set;

/**
 * What a model is told about the image it makes.
 *
 * @param dropout share of training images whose condition is withheld, so that guidance has a model without it, 0..1
 * @param classes the names behind the labels; empty in a recipe, filled from the data set when a run starts
 */
public record ConditionSettings(By by, double dropout, List<String> classes) {
    /** The condition. */
    public enum By {
        NONE,
        /** The class of the data set. */
        LABEL,
        /** The vector that an encoder of pictures and texts makes of the image. */
        EMBEDDING,
        /** The image itself, smaller. */
        SMALLER
    }

    public ConditionSettings {
        Check.range("dropout", dropout, 0, 1);
        classes = List.copyOf(classes);
    }

    /**
     * The classes of the images {@code first} to {@code first + count - 1}; none for a model without.
     *
     * @param label of all of them, or {@link Request#ANY} for all classes in turn
     * @throws IllegalArgumentException if there is no such class
     */
    public int[] labels(int label, long first, int count) {
        requireClass(label);
        if (by != By.LABEL) return new int[0];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) labels[i] = label == Request.ANY ? (int) ((first + i) % classes.size()) : label;
        return labels;
    }

    /** Throws IllegalArgumentException if anything but a class of the model, or a vector, is asked for. */
    public void require(Request request) {
        request.requireOnly(Set.of(by == By.EMBEDDING ? Columns.EMBEDDING : Columns.LABEL));
        requireClass(request.label());
    }

    /** Throws IllegalArgumentException if {@code label} is neither a class of the model nor {@link Request#ANY}. */
    public void requireClass(int label) {
        if (label == Request.ANY) return;
        Check.that(by == By.LABEL, "class must be left out, the model was trained without classes", label);
        Check.range("class", label, 0, classes.size() - 1);
    }

    /**
     * These settings with the classes that the data set turned out to have.
     *
     * @throws IllegalArgumentException if it has none, or others than these, or mirroring makes one of another
     */
    public ConditionSettings resolved(List<String> known, DataSettings data) {
        boolean labelled = by == By.LABEL;
        Check.that(
                !labelled || !known.isEmpty(), "condition.by is label, but the data set has no classes", data.source());
        Check.that(
                classes.isEmpty() || classes.equals(known),
                "condition.classes must be those of the data set " + known,
                classes);
        if (labelled && classes.isEmpty()) data.requireUnmirrored(known);
        return new ConditionSettings(by, dropout, labelled ? known : List.of());
    }
}
