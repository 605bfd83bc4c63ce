package dev.calotype.run;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PngFile;
import dev.calotype.io.NumberedName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How a run learned to draw, as one picture: each column shows what the same starting points had become at one moment, from
 * early on the left to the end on the right. The columns are those of the grids that were drawn on the way.
 */
public final class LearningStrip {
    /** The shares of a training at which columns are wanted. */
    static final List<Double> SHARES = List.of(0.05, 0.1, 0.2, 0.4, 0.7, 1.0);

    private static final NumberedName GRID = new NumberedName("step-", 8, 12, ".png");
    private static final int GAP = 2;

    private LearningStrip() {}

    /** The share of a training after which the first column is drawn. */
    public static double firstShare() {
        return SHARES.get(0);
    }

    /** The grids of pictures that a run drew while it learned, by the step after which each was drawn, in order. */
    public static Map<Long, Path> grids(RunDirectory run) throws IOException {
        Map<Long, Path> grids = new LinkedHashMap<>();
        if (!Files.isDirectory(run.samples())) return grids;
        try (Stream<Path> files = Files.list(run.samples())) {
            files.map(file -> Map.entry(GRID.number(file.getFileName().toString()), file))
                    .filter(entry -> entry.getKey().isPresent())
                    .sorted(Comparator.comparingLong(entry -> entry.getKey().orElseThrow()))
                    .forEach(entry -> grids.put(entry.getKey().orElseThrow(), entry.getValue()));
        }
        return grids;
    }

    /** The steps after which the columns were drawn: those nearest to the wanted shares of the last; none of a single grid. */
    public static List<Long> steps(RunDirectory run) throws IOException {
        List<Long> drawn = List.copyOf(grids(run).keySet());
        if (drawn.size() < 2) return List.of();
        long last = drawn.get(drawn.size() - 1);
        return SHARES.stream()
                .map(share -> drawn.stream()
                        .min(Comparator.comparingDouble(step -> Math.abs(step - share * last)))
                        .orElseThrow())
                .distinct()
                .toList();
    }

    /** Draws {@link RunDirectory#learningFile} anew, if there are two moments to show. */
    static void draw(RunDirectory run) throws IOException {
        Map<Long, Path> grids = grids(run);
        int width = run.experiment().data().size();
        List<Picture> columns = new ArrayList<>();
        for (long step : steps(run)) {
            Picture grid = PictureFile.read(grids.get(step)).colours();
            columns.add(Images.crop(grid, 0, 0, width, grid.height()));
        }
        if (!columns.isEmpty()) PngFile.write(run.learningFile(), Images.grid(columns, columns.size(), GAP));
    }
}
