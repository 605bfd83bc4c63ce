package dev.calotype.report;

import dev.calotype.run.RunDirectory;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepDirectory;
import dev.calotype.sweep.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the cells of a sweep drew, and what they drew while they learned. */
final class SweepPictures {
    private static final int SHOWN_PICTURES = 48;

    private final SweepDirectory directory;
    private final Sweep sweep;
    private final SweepNames names;

    SweepPictures(SweepDirectory directory, Sweep sweep) {
        this.directory = directory;
        this.sweep = sweep;
        names = new SweepNames(sweep);
    }

    /** Images of the same noises from every cell, so that what differs is the cell. */
    void addTo(Document page) {
        Map<Trial, List<Block.Picture>> grids = new LinkedHashMap<>();
        int shown = 0;
        for (Trial trial : names.firstSeeds())
            for (Trial.Variant variant : trial.variants()) {
                Path file = directory.picture(trial, variant);
                if (!Files.exists(file) || shown++ >= SHOWN_PICTURES) continue;
                List<String> labels = SweepNames.varied(sweep.variantAxes(), variant.labels());
                String caption = labels.isEmpty()
                        ? names.of(trial)
                        : String.join(", ", SweepNames.varied(sweep.variantAxes())) + " " + String.join(", ", labels);
                grids.computeIfAbsent(trial, t -> new ArrayList<>()).add(new Block.Picture(file, caption));
            }
        if (grids.isEmpty()) return;
        between(page);
        page.section("Samples")
                .paragraph("The first images of each cell's first seed, not selected, from the same noises.");
        if (grids.values().stream().allMatch(pictures -> pictures.size() == 1))
            page.add(new Block.Pictures(
                    grids.values().stream().flatMap(List::stream).toList(), Block.Size.SMALL));
        else
            grids.forEach((trial, pictures) -> page.add(new Block.Heading(3, names.of(trial)))
                    .add(new Block.Pictures(pictures, Block.Size.SMALL)));
    }

    /** What recipes drew while they learned, one below the other. */
    void addOnTheWayTo(Document page) throws IOException {
        if (!sweep.comparesRecipes()) return;
        boolean begun = false;
        for (Trial trial : names.firstSeeds()) {
            List<Block.Picture> grids = RunGrids.atCheckpoints(new RunDirectory(directory.trial(trial)));
            if (grids.isEmpty()) continue;
            if (!begun) page.section("Samples over time").paragraph("First seeds, the same random starts each time.");
            begun = true;
            page.add(new Block.Heading(3, names.of(trial))).add(new Block.Pictures(grids, Block.Size.SMALL));
        }
    }

    /** From every cell two images and those between them. */
    private void between(Document page) {
        List<Block.Picture> rows = new ArrayList<>();
        for (Trial trial : names.firstSeeds())
            for (Trial.Variant variant : trial.variants()) {
                Path file = directory.interpolation(trial, variant);
                if (Files.exists(file) && rows.size() < LineChart.STYLES)
                    rows.add(new Block.Picture(file, names.of(trial)));
            }
        if (!rows.isEmpty())
            page.section("Between two samples")
                    .paragraph("Two images of each model and those between them, from points on the arc between their"
                            + " random starts, or straight between styles where a model has them.")
                    .add(new Block.Pictures(rows, Block.Size.LARGE));
    }
}
