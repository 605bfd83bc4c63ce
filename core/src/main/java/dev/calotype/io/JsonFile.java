package dev.calotype.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON files of others, such as the settings beside weights, of which no more is read than is allowed. */
public final class JsonFile {
    private JsonFile() {}

    /**
     * Reads a file whole.
     *
     * @param json what it is parsed by
     * @param most bytes
     * @throws IOException in one sentence, if it is not there, is larger, or is not JSON
     */
    public static JsonNode read(ObjectMapper json, Path file, long most) throws IOException {
        if (!Files.isRegularFile(file)) throw new IOException("there is no file " + file);
        if (Files.size(file) > most) throw new IOException(file + " has more than " + most + " bytes");
        try {
            return json.readTree(Files.readAllBytes(file));
        } catch (JsonProcessingException e) {
            throw new IOException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** The same of a file that must be an object. */
    public static JsonNode object(ObjectMapper json, Path file, long most) throws IOException {
        JsonNode tree = read(json, file, most);
        if (!tree.isObject()) throw new IOException(file + " is not a JSON object");
        return tree;
    }
}
