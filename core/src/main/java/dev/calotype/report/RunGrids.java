package dev.calotype.report;

import dev.calotype.experiment.Milestone;
import dev.calotype.run.LearningStrip;
import dev.calotype.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The grids of pictures that a run drew while it learned. */
final class RunGrids {
    private static final int SHOWN_CHECKPOINTS = 8;

    private RunGrids() {}

    /** Those drawn at checkpoints, the first and the last among them; none of a single one. */
    static List<Block.Picture> atCheckpoints(RunDirectory run) throws IOException {
        Map<Long, Path> drawn = LearningStrip.grids(run);
        List<Long> steps = List.copyOf(drawn.keySet());
        if (steps.size() < 2) return List.of();
        Map<Long, Double> seconds = new HashMap<>();
        for (Milestone milestone : Milestone.read(run.milestonesFile()))
            seconds.put(milestone.step(), milestone.seconds());
        int shown = Math.min(SHOWN_CHECKPOINTS, steps.size());
        List<Block.Picture> pictures = new ArrayList<>();
        for (int i = 0; i < shown; i++) {
            long step = steps.get((int) Math.round(i * (steps.size() - 1.0) / (shown - 1)));
            Double after = seconds.get(step);
            pictures.add(new Block.Picture(
                    drawn.get(step), "step " + step + (after == null ? "" : ", " + Document.time(after))));
        }
        return pictures;
    }

    /** All of them, by step. */
    static List<Path> all(RunDirectory run) throws IOException {
        return List.copyOf(LearningStrip.grids(run).values());
    }
}
