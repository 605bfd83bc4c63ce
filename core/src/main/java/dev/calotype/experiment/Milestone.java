package dev.calotype.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.calotype.io.JsonLines;
import dev.calotype.metric.Variety;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the averaged weights were worth at a checkpoint: one line of a run's {@code milestones.jsonl}.
 *
 * @param seconds of training so far
 * @param validation what the kind of the model measures at every checkpoint, {@link Story#worth}
 * @param score of drawn images, where the recipe asks for it with {@code evaluation.duringTraining}; otherwise null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Milestone(long step, double seconds, double validation, Score score) {
    /**
     * How drawn images compared with real ones; numbers of other networks, or of other counts, do not compare.
     *
     * @param room how much of a room they are on average, 0..1; null where that is not judged
     * @param diversity of the drawn images, for kinds that watch it; otherwise null
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Score(
            double fid,
            double kid,
            Double precision,
            Double recall,
            Double coverage,
            Double room,
            Variety diversity,
            long images,
            String network,
            String hash) {}

    public void append(Path file) throws IOException {
        JsonLines.append(file, this);
    }

    /** The milestones of a file; a line that a kill left unfinished is dropped. */
    public static List<Milestone> read(Path file) throws IOException {
        return JsonLines.read(file, Milestone.class);
    }

    /** Drops what came after {@code step}: a resumed run comes there again. */
    public static void truncate(Path file, long step) throws IOException {
        JsonLines.keep(file, Milestone.class, milestone -> milestone.step() <= step);
    }
}
