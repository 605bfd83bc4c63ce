package dev.calotype.report;

import dev.calotype.experiment.Milestone;
import dev.calotype.io.NumberedName;
import dev.calotype.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The grids of pictures that a run drew while it learned. */
final class RunGrids {
    private static final int SHOWN_CHECKPOINTS = 8;
    private static final NumberedName GRID = new NumberedName("step-", 1, 18, ".png");

    private RunGrids() {}

    /** Those drawn at checkpoints, the first and the last among them; none of a single one. */
    static List<Block.Picture> atCheckpoints(RunDirectory run) throws IOException {
        List<Path> grids = all(run);
        if (grids.size() < 2) return List.of();
        Map<Long, Double> seconds = new HashMap<>();
        for (Milestone milestone : Milestone.read(run.milestonesFile()))
            seconds.put(milestone.step(), milestone.seconds());
        int shown = Math.min(SHOWN_CHECKPOINTS, grids.size());
        List<Block.Picture> pictures = new ArrayList<>();
        for (int i = 0; i < shown; i++) {
            Path grid = grids.get((int) Math.round(i * (grids.size() - 1.0) / (shown - 1)));
            long step = step(grid).orElseThrow();
            Double after = seconds.get(step);
            pictures.add(new Block.Picture(grid, "step " + step + (after == null ? "" : ", " + Document.time(after))));
        }
        return pictures;
    }

    /** All of them, by step. */
    static List<Path> all(RunDirectory run) throws IOException {
        if (!Files.isDirectory(run.samples())) return List.of();
        try (Stream<Path> files = Files.list(run.samples())) {
            return files.filter(file -> step(file).isPresent())
                    .sorted(Comparator.comparingLong(file -> step(file).orElseThrow()))
                    .toList();
        }
    }

    private static OptionalLong step(Path grid) {
        return GRID.number(grid.getFileName().toString());
    }
}
