package dev.calotype.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Files that grow by one JSON object a line, and whose last line a kill may have left unfinished. */
public final class JsonLines {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonLines() {}

    /** Adds a line, in a file that is made if it is absent. */
    public static void append(Path file, Object line) throws IOException {
        Files.writeString(
                file, JSON.writeValueAsString(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** The lines up to the first damaged one; none if the file is absent. */
    public static <T> List<T> read(Path file, Class<T> type) throws IOException {
        List<T> lines = new ArrayList<>();
        if (!Files.exists(file)) return lines;
        for (String line : Files.readAllLines(file)) {
            try {
                lines.add(JSON.readValue(line, type));
            } catch (JsonProcessingException e) {
                break;
            }
        }
        return lines;
    }

    /** Writes a file whole. */
    public static void write(Path file, List<?> lines) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Object line : lines) text.append(JSON.writeValueAsString(line)).append('\n');
        AtomicFile.write(file, text.toString());
    }

    /** Rewrites a file with those of its lines that {@code wanted} wants. */
    public static <T> void keep(Path file, Class<T> type, Predicate<T> wanted) throws IOException {
        write(file, read(file, type).stream().filter(wanted).toList());
    }
}
