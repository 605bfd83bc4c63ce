package dev.calotype.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.calotype.io.JsonLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What the averaged weights were worth at a checkpoint: one line of a run's {@code milestones.jsonl}.
 *
 * @param seconds of training so far
 * @param validation what the kind of the model measures at every checkpoint, {@link Story#worth}
 * @param score how drawn images compare with real ones, where the recipe asks for it with {@code evaluation.duringTraining},
 *     with {@code images}, {@code network} and {@code hash}: numbers of other networks, or of other counts, do not compare;
 *     otherwise null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Milestone(long step, double seconds, double validation, Scores score) {
    /** Whether there is a score of this name. */
    public boolean has(String name) {
        return score != null && score.has(name);
    }

    public void append(Path file) throws IOException {
        JsonLines.append(file, this);
    }

    /** The milestones of a file; a line that a kill left unfinished is dropped. */
    public static List<Milestone> read(Path file) throws IOException {
        return JsonLines.read(file, Milestone.class);
    }

    /** How many milestones came after the best of all, the first of several that are equally good. */
    static int sinceBest(List<Milestone> milestones) {
        int best = 0;
        for (int i = 1; i < milestones.size(); i++)
            if (milestones.get(i).validation() < milestones.get(best).validation()
                    || Double.isNaN(milestones.get(best).validation())) best = i;
        return Math.max(0, milestones.size() - 1 - best);
    }

    /** Drops what came after {@code step}: a resumed run comes there again. */
    public static void truncate(Path file, long step) throws IOException {
        JsonLines.keep(file, Milestone.class, milestone -> milestone.step() <= step);
    }
}
