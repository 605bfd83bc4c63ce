package dev.calotype.studio.web;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The OpenAPI document, of a part for each group of rooms. A test holds it to the routes. */
final class OpenApi {
    private static final String FOLDER = "/dev/calotype/studio/openapi/";
    private static final List<String> PARTS = List.of("studio.json", "openai.json", "training.json");
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final ObjectNode WHOLE = read();

    private OpenApi() {}

    /** The whole of it. */
    static ObjectNode document() {
        return WHOLE;
    }

    private static ObjectNode read() {
        ObjectNode whole = JSON.createObjectNode();
        for (String part : PARTS)
            try (InputStream in = OpenApi.class.getResourceAsStream(FOLDER + part)) {
                if (in != null) merge(whole, (ObjectNode) JSON.readTree(in));
            } catch (IOException e) {
                throw new UncheckedIOException("the resource " + part + " is damaged", e);
            }
        return whole;
    }

    private static void merge(ObjectNode whole, ObjectNode part) {
        part.properties().forEach(entry -> {
            if (whole.get(entry.getKey()) instanceof ObjectNode there && entry.getValue() instanceof ObjectNode more)
                merge(there, more);
            else whole.set(entry.getKey(), entry.getValue());
        });
    }
}
