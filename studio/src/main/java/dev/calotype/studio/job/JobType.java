package dev.calotype.studio.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/** A kind of job, found by the name that requests give as {@code type}. */
public interface JobType {
    /** In lower case, such as {@code draw}. */
    String name();

    /**
     * Checks a request, quickly and without tensors: it is called by threads of the web.
     *
     * @param request all that was asked for but {@code type}, not to be kept changed
     * @throws IllegalArgumentException in one sentence if it cannot be done
     * @throws Refusal the same with an answer of its own
     * @throws IOException if a file that it names cannot be read
     */
    Work check(ObjectNode request) throws IOException;
}
