package dev.calotype.experiment;

import dev.calotype.io.JsonLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Something that went wrong in a training: one line of a run's {@code incidents.jsonl}.
 *
 * @param step at which it was noticed
 * @param seconds of training until then
 * @param message what was seen and what to try, in one sentence
 */
public record Incident(long step, double seconds, Kind kind, String message) {
    /** What goes wrong. */
    public enum Kind {
        /** The generator makes much the same image of everything. */
        COLLAPSE,
        /** The discriminator knows, and the generator learns nothing from it any more. */
        DISCRIMINATOR_WON,
        /** Losses grow without bound, or a step is not finite. */
        DIVERGENCE,
        /** Of several processes one keeps the others waiting. */
        STRAGGLER
    }

    public void append(Path file) throws IOException {
        JsonLines.append(file, this);
    }

    /** The incidents of a file; a line that a kill left unfinished is dropped. */
    public static List<Incident> read(Path file) throws IOException {
        return JsonLines.read(file, Incident.class);
    }

    /** Drops what came after {@code step}: a resumed run comes there again. */
    public static void truncate(Path file, long step) throws IOException {
        JsonLines.keep(file, Incident.class, incident -> incident.step() <= step);
    }
}
