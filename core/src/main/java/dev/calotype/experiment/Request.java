package dev.calotype.experiment;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.settings.Check;
import java.util.Set;
import java.util.TreeSet;

/**
 * What to draw. Image {@code i} of a seed is the same in whatever batch it is drawn.
 *
 * @param sampling how, as the kind of the model has it
 * @param condition what every image is to show, in the columns that the kind of the model knows: one row, or nothing
 */
public record Request(Sampling sampling, long seed, Columns condition) {
    /** The label of images that are to be of any class. */
    public static final int ANY = -1;

    public Request {
        if (condition.count() > 1)
            throw new IllegalArgumentException("a request has one condition for all images: " + condition.count());
    }

    /** @param label the class of every image, or {@link #ANY} for all classes in turn */
    public Request(Sampling sampling, long seed, int label) {
        this(sampling, seed, label == ANY ? Columns.NONE : Columns.of(Columns.LABEL, new Column.Numbers(label)));
    }

    /** The class of every image, or {@link #ANY} for all classes in turn. */
    public int label() {
        return condition.has(Columns.LABEL) ? condition.numbers(Columns.LABEL)[0] : ANY;
    }

    /** Throws IllegalArgumentException if the condition has another column than those that the model reads. */
    public void requireOnly(Set<String> read) {
        for (String name : condition.names())
            Check.that(read.contains(name), "condition must be one of " + new TreeSet<>(read), name);
    }
}
