package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import dev.calotype.sweep.Axis;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepDirectory;
import dev.calotype.sweep.SweepTable;
import dev.calotype.sweep.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What there is to say of a sweep. */
final class SweepReport {
    private final SweepDirectory directory;
    private final Sweep sweep;
    private final SweepNames names;
    private final SweepTable table;

    private SweepReport(SweepDirectory directory) throws IOException {
        this.directory = directory;
        sweep = directory.sweep();
        names = new SweepNames(sweep);
        table = SweepTable.of(sweep, directory);
    }

    static Document of(SweepDirectory directory) throws IOException {
        return new SweepReport(directory).document();
    }

    private Document document() throws IOException {
        Document page = new Document(sweep.name());
        page.paragraph(summary());
        SweepScores scores = new SweepScores(sweep, table);
        Block.Table best = scores.best();
        if (best.rows().isEmpty()) page.section("What can be concluded").paragraph("No cell is called the best:");
        else page.section("The best").add(best);
        page.notes(table.notes());
        scores.addTo(page);
        curves(page);
        SweepPictures pictures = new SweepPictures(directory, sweep);
        pictures.addTo(page);
        pictures.addOnTheWayTo(page);
        runs(page);
        page.section("Configuration").add(new Block.Code(sweep.text()));
        return page;
    }

    private String summary() {
        long seeds = sweep.trials().stream()
                .map(trial -> trial.experiment().seed())
                .distinct()
                .count();
        if (sweep.comparesRecipes()) return summaryOfRecipes(seeds);
        return format(
                "The same recipe was trained again and again, each time with one thing different: %s. %d trainings, %d for"
                        + " each cell%s.%s Numbers are means over the seeds, with ± one standard deviation if there are"
                        + " several; the best of a column is marked where the seeds tell it apart.",
                told(sweep.axes()),
                sweep.trials().size(),
                seeds,
                seeds > 1 ? ", with different seeds" : "",
                sweep.variantAxes().isEmpty()
                        ? ""
                        : " Every trained model was then sampled in several ways, by " + told(sweep.variantAxes())
                                + ".");
    }

    private String summaryOfRecipes(long seeds) {
        return format(
                "Different recipes were trained on the same data and judged in the same way: %s. %d trainings, %d for each%s."
                        + " Numbers are means over the seeds, with ± one standard deviation if there are several; an interval"
                        + " is that of other images of the same models. The best of a column is marked where the seeds tell it apart"
                        + " from all others.",
                told(sweep.axes()), sweep.trials().size(), seeds, seeds > 1 ? ", with different seeds" : "");
    }

    private static String told(List<Axis> axes) {
        if (axes.isEmpty()) return "nothing";
        return String.join(
                "; ",
                axes.stream()
                        .map(axis -> axis.name() + " ("
                                + String.join(
                                        ", ",
                                        axis.settings().stream()
                                                .map(Axis.Setting::label)
                                                .toList())
                                + ")")
                        .toList());
    }

    private void curves(Document page) throws IOException {
        if (sweep.comparesRecipes()) {
            Map<String, RunDirectory> runs = new LinkedHashMap<>();
            for (Trial trial : names.firstSeeds()) runs.put(names.of(trial), new RunDirectory(directory.trial(trial)));
            page.section("Against the clock")
                    .paragraph("First seeds. Time in which a model is judged is not counted.")
                    .charts(RecipeCurves.of(runs));
            return;
        }
        List<LineChart.Series> losses = new ArrayList<>();
        for (Trial trial : names.firstSeeds()) {
            RunDirectory run = new RunDirectory(directory.trial(trial));
            List<Statistics> statistics = Statistics.read(run.statisticsFile());
            if (!statistics.isEmpty() && losses.size() < LineChart.STYLES)
                losses.add(LineChart.Series.of(names.of(trial), statistics, Statistics::step, Statistics::loss));
        }
        if (losses.isEmpty()) return;
        page.section("Training")
                .paragraph(
                        "Losses of different kinds, such as simple and vlb, have different units; compare their course.")
                .charts(List.of(new LineChart("Loss, first seed", "step", LineChart.XScale.LINEAR, losses)));
    }

    /** Where each training lies. */
    private void runs(Document page) {
        List<Block.Link> links = new ArrayList<>();
        for (Trial trial : sweep.trials()) {
            RunDirectory run = new RunDirectory(directory.trial(trial));
            if (!Files.exists(run.experimentFile())) continue;
            String label = String.join(", ", trial.cell()) + " seed "
                    + trial.experiment().seed();
            links.add(new Block.Link(label.strip(), Files.exists(run.reportFile()) ? run.reportFile() : run.root()));
        }
        if (!links.isEmpty())
            page.section("The trainings themselves")
                    .paragraph("Reports of each training, in its directory.")
                    .add(new Block.Links(links));
    }
}
