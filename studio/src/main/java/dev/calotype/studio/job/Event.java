package dev.calotype.studio.job;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Something that happened to a job.
 *
 * @param type {@code state}, {@code progress}, {@code preview}, {@code result} or {@code log}
 */
public record Event(String type, ObjectNode data) {
    /** Whether the next of its type says more, so that a listener that is late may do without this one. */
    boolean isPassing() {
        return type.equals("progress") || type.equals("preview");
    }
}
