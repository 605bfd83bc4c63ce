package dev.calotype.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of a run's {@code statistics.jsonl}, the mean over the steps since the line before.
 *
 * @param seconds of training so far, resumed parts included
 * @param waitShare share of the time in which the trainer waited for data
 * @param memoryMb resident memory of the process
 * @param device where the network was trained, such as {@code cpu}
 * @param precision of the network, such as {@code bf16}
 */
public record Statistics(
        long step,
        double seconds,
        double loss,
        double gradientNorm,
        double learningRate,
        double imagesPerSecond,
        double waitShare,
        long memoryMb,
        String device,
        String precision) {
    private static final ObjectMapper JSON = new ObjectMapper();

    void append(Path file) throws IOException {
        Files.writeString(
                file, JSON.writeValueAsString(this) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** The lines of a file; a line that a kill left unfinished is dropped. */
    public static List<Statistics> read(Path file) throws IOException {
        List<Statistics> lines = new ArrayList<>();
        if (!Files.exists(file)) return lines;
        for (String line : Files.readAllLines(file)) {
            try {
                lines.add(JSON.readValue(line, Statistics.class));
            } catch (JsonProcessingException e) {
                break;
            }
        }
        return lines;
    }

    /** Drops what was recorded after {@code step}: a resumed run records it again. */
    static void truncate(Path file, long step) throws IOException {
        StringBuilder kept = new StringBuilder();
        for (Statistics line : read(file))
            if (line.step() <= step) kept.append(JSON.writeValueAsString(line)).append('\n');
        AtomicFile.write(file, kept.toString());
    }
}
