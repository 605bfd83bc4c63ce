package dev.calotype.restoration;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.restore.Budget;

/**
 * A way to restore, under a name of its own.
 *
 * @param label what it is called in tables
 * @param kind one of {@link Methods#kinds}
 * @param settings every key of the kind
 */
public record Method(String label, String kind, ObjectNode settings) {
    static final String SECONDS = "seconds", ITERATIONS = "iterations";

    /** What decides about its results, as a text. */
    public String content() {
        return kind + " " + settings;
    }

    /** Its own budget where it has one. */
    public Budget budget(Budget common) {
        double seconds = settings.get(SECONDS).asDouble();
        int iterations = settings.get(ITERATIONS).asInt();
        return new Budget(
                seconds == 0 ? common.seconds() : seconds, iterations == 0 ? common.iterations() : iterations);
    }

    @Override
    public String toString() {
        return label;
    }
}
