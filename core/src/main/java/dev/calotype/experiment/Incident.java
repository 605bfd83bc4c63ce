package dev.calotype.experiment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.calotype.io.JsonLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Something that went wrong in a training: one line of a run's {@code incidents.jsonl}.
 *
 * @param step at which it was noticed
 * @param seconds of training until then
 * @param message what was seen and what to try, in one sentence
 */
public record Incident(long step, double seconds, Kind kind, String message) {
    /**
     * What goes wrong. Another version may know others, which are kept and shown by their names.
     *
     * @param name in capitals, words apart by underscores
     */
    public record Kind(@JsonValue String name) {
        /** The generator makes much the same image of everything. */
        public static final Kind COLLAPSE = new Kind("COLLAPSE");

        /** The discriminator knows, and the generator learns nothing from it any more. */
        public static final Kind DISCRIMINATOR_WON = new Kind("DISCRIMINATOR_WON");

        /** Losses grow without bound, or a step is not finite. */
        public static final Kind DIVERGENCE = new Kind("DIVERGENCE");

        /** Of several processes one keeps the others waiting. */
        public static final Kind STRAGGLER = new Kind("STRAGGLER");

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        public Kind {
            if (name.isBlank()) throw new IllegalArgumentException("name must not be blank: '" + name + "'");
        }

        /** For people: {@code discriminator-won}. */
        @Override
        public String toString() {
            return name.toLowerCase(Locale.ROOT).replace('_', '-');
        }
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
