package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import dev.calotype.settings.Summary;
import dev.calotype.sweep.Axis;
import dev.calotype.sweep.Score;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepDirectory;
import dev.calotype.sweep.SweepTable;
import dev.calotype.sweep.SweepTable.Row;
import dev.calotype.sweep.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What there is to say of a sweep. */
final class SweepReport {
    private static final int SHOWN_PICTURES = 48;

    private final SweepDirectory directory;
    private final Sweep sweep;
    private final SweepTable table;

    private SweepReport(SweepDirectory directory) throws IOException {
        this.directory = directory;
        sweep = directory.sweep();
        table = SweepTable.of(sweep, directory);
    }

    static Document of(SweepDirectory directory) throws IOException {
        return new SweepReport(directory).document();
    }

    private Document document() throws IOException {
        Document page = new Document(sweep.name());
        page.paragraph(summary());
        Block.Table best = best();
        if (best.rows().isEmpty()) page.section("What can be concluded").paragraph("No cell is called the best:");
        else page.section("The best").add(best);
        page.notes(table.notes());
        if (across() == null) page.section("All cells").add(rows(table.rows(), table.columns(), allAxes()));
        else {
            trainings(page);
            byVariant(page, across());
        }
        curves(page);
        pictures(page);
        onTheWay(page);
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
                names(sweep.axes()),
                sweep.trials().size(),
                seeds,
                seeds > 1 ? ", with different seeds" : "",
                sweep.variantAxes().isEmpty()
                        ? ""
                        : " Every trained model was then sampled in several ways, by " + names(sweep.variantAxes())
                                + ".");
    }

    private String summaryOfRecipes(long seeds) {
        return format(
                "Different recipes were trained on the same data and judged in the same way: %s. %d trainings, %d for each%s."
                        + " Numbers are means over the seeds, with ± one standard deviation if there are several; an interval"
                        + " is that of other images of the same models. The best of a column is marked where the seeds tell it apart"
                        + " from all others.",
                names(sweep.axes()), sweep.trials().size(), seeds, seeds > 1 ? ", with different seeds" : "");
    }

    private static String names(List<Axis> axes) {
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

    private List<Axis> allAxes() {
        return Stream.concat(sweep.axes().stream(), sweep.variantAxes().stream())
                .toList();
    }

    /** The last axis of sampling, if it varies; the others may not. */
    private Axis across() {
        List<Axis> axes = sweep.variantAxes();
        Axis last = axes.isEmpty() ? null : axes.get(axes.size() - 1);
        return last == null || last.settings().size() < 2 ? null : last;
    }

    /** Names of the axes that vary: what is the same everywhere names nothing. */
    private static List<String> varied(List<Axis> axes) {
        return axes.stream()
                .filter(axis -> axis.settings().size() > 1)
                .map(Axis::name)
                .toList();
    }

    /** The labels of those. */
    private static List<String> varied(List<Axis> axes, List<String> labels) {
        return IntStream.range(0, labels.size())
                .filter(i -> axes.get(i).settings().size() > 1)
                .mapToObj(labels::get)
                .toList();
    }

    private Block.Table best() {
        List<String> heads = new ArrayList<>(List.of("score"));
        heads.addAll(varied(allAxes()));
        List<List<Block.Cell>> rows = new ArrayList<>();
        for (String column : table.columns())
            table.rows().stream()
                    .filter(row -> table.best(row, column))
                    .findFirst()
                    .ifPresent(row -> {
                        List<Block.Cell> cells = new ArrayList<>();
                        cells.add(Block.Cell.of(SweepTable.score(column).title()));
                        List<String> labels = SweepTable.score(column).ofTraining() ? row.cell() : row.labels();
                        varied(allAxes(), labels).forEach(label -> cells.add(Block.Cell.of(label)));
                        while (cells.size() < heads.size()) cells.add(Block.Cell.of("any"));
                        cells.add(cell(row, column));
                        rows.add(cells);
                    });
        int labels = heads.size();
        heads.add("value");
        return new Block.Table(heads, labels, rows);
    }

    private Block.Table rows(List<Row> of, List<String> columns, List<Axis> axes) {
        List<String> heads = new ArrayList<>(varied(axes));
        if (heads.isEmpty()) heads.add(axes.isEmpty() ? "cell" : axes.get(0).name());
        int labels = heads.size();
        columns.forEach(column -> heads.add(SweepTable.score(column).title()));
        List<List<Block.Cell>> rows = new ArrayList<>();
        for (Row row : of) {
            List<Block.Cell> cells = new ArrayList<>();
            varied(axes, row.labels().stream().limit(axes.size()).toList())
                    .forEach(label -> cells.add(Block.Cell.of(label)));
            while (cells.size() < labels)
                cells.add(Block.Cell.of(
                        row.labels().isEmpty() ? "–" : row.labels().get(0)));
            columns.forEach(column -> cells.add(cell(row, column)));
            rows.add(cells);
        }
        return new Block.Table(heads, labels, rows);
    }

    private Block.Cell cell(Row row, String column) {
        Summary value = row.values().get(column);
        String text = value == null ? "–" : SweepTable.score(column).text(value);
        return new Block.Cell(text, table.best(row, column) ? Block.Mark.BEST : Block.Mark.NONE);
    }

    /** What does not depend on how a model is sampled, once for each cell. */
    private void trainings(Document page) {
        Map<List<String>, Row> cells = new LinkedHashMap<>();
        table.rows().forEach(row -> cells.putIfAbsent(row.cell(), row));
        List<String> columns = table.columns().stream()
                .filter(column -> SweepTable.score(column).ofTraining())
                .toList();
        if (!columns.isEmpty()) page.section("Trainings").add(rows(List.copyOf(cells.values()), columns, sweep.axes()));
    }

    /** For each score of drawn images a table with the last axis of sampling across, and the curves of its rows. */
    private void byVariant(Document page, Axis across) {
        Map<List<String>, List<Row>> lines = new LinkedHashMap<>();
        for (Row row : table.rows()) {
            if (row.variant().isEmpty()) continue;
            List<String> key = new ArrayList<>(row.labels());
            key.remove(key.size() - 1);
            lines.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
        }
        boolean numbers = across.settings().stream().allMatch(s -> s.label().matches("\\d{1,9}(\\.\\d+)?"));
        List<LineChart> charts = new ArrayList<>();
        for (String column : table.columns()) {
            Score score = SweepTable.score(column);
            if (score.ofTraining()) continue;
            page.section(score.title() + " by " + across.name()).add(pivot(across, lines, column));
            if (numbers && score.judged()) charts.add(chart(across, lines, column));
        }
        if (charts.isEmpty()) return;
        page.section("The same as curves");
        List<String> named = varied(allAxes().subList(0, allAxes().size() - 1));
        if (!named.isEmpty()) page.paragraph("Curves are named by " + String.join(", ", named) + ".");
        page.charts(charts);
    }

    private Block.Table pivot(Axis across, Map<List<String>, List<Row>> lines, String column) {
        List<String> heads =
                new ArrayList<>(varied(allAxes().subList(0, allAxes().size() - 1)));
        int labels = heads.size();
        across.settings().forEach(setting -> heads.add(setting.label()));
        List<List<Block.Cell>> rows = new ArrayList<>();
        lines.forEach((key, line) -> {
            List<Block.Cell> cells = new ArrayList<>();
            varied(allAxes(), key).forEach(label -> cells.add(Block.Cell.of(label)));
            line.forEach(row -> cells.add(cell(row, column)));
            rows.add(cells);
        });
        return new Block.Table(heads, labels, rows);
    }

    private LineChart chart(Axis across, Map<List<String>, List<Row>> lines, String column) {
        List<LineChart.Series> series = new ArrayList<>();
        lines.forEach((key, line) -> series.add(LineChart.Series.of(
                String.join(", ", varied(allAxes(), key)),
                line.stream().filter(row -> row.values().containsKey(column)).toList(),
                row -> Double.parseDouble(row.variant().get(row.variant().size() - 1)),
                row -> row.values().get(column).mean())));
        double least = across.settings().stream()
                .mapToDouble(s -> Double.parseDouble(s.label()))
                .min()
                .orElse(0);
        return new LineChart(
                SweepTable.score(column).title(),
                across.name(),
                least > 0 ? LineChart.XScale.LOGARITHMIC : LineChart.XScale.LINEAR,
                series);
    }

    private void curves(Document page) throws IOException {
        if (sweep.comparesRecipes()) {
            Map<String, RunDirectory> runs = new LinkedHashMap<>();
            for (Trial trial : firstSeeds()) runs.put(name(trial), new RunDirectory(directory.trial(trial)));
            page.section("Against the clock")
                    .paragraph("First seeds. Time in which a model is judged is not counted.")
                    .charts(RecipeCurves.of(runs));
            return;
        }
        List<LineChart.Series> losses = new ArrayList<>();
        for (Trial trial : firstSeeds()) {
            RunDirectory run = new RunDirectory(directory.trial(trial));
            List<Statistics> statistics = Statistics.read(run.statisticsFile());
            if (!statistics.isEmpty() && losses.size() < LineChart.STYLES)
                losses.add(LineChart.Series.of(name(trial), statistics, Statistics::step, Statistics::loss));
        }
        if (losses.isEmpty()) return;
        page.section("Training")
                .paragraph(
                        "Losses of different kinds, such as simple and vlb, have different units; compare their course.")
                .charts(List.of(new LineChart("Loss, first seed", "step", LineChart.XScale.LINEAR, losses)));
    }

    /** What recipes drew while they learned, one below the other. */
    private void onTheWay(Document page) throws IOException {
        if (!sweep.comparesRecipes()) return;
        boolean begun = false;
        for (Trial trial : firstSeeds()) {
            List<Block.Picture> grids = RunReport.checkpoints(new RunDirectory(directory.trial(trial)));
            if (grids.isEmpty()) continue;
            if (!begun) page.section("Samples over time").paragraph("First seeds, the same random starts each time.");
            begun = true;
            page.add(new Block.Heading(3, name(trial))).add(new Block.Pictures(grids, Block.Size.SMALL));
        }
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

    private List<Trial> firstSeeds() {
        Map<List<String>, Trial> first = new LinkedHashMap<>();
        sweep.trials().forEach(trial -> first.putIfAbsent(trial.cell(), trial));
        return List.copyOf(first.values());
    }

    private String name(Trial trial) {
        List<String> labels = varied(sweep.axes(), trial.cell());
        if (!labels.isEmpty()) return String.join(", ", labels);
        return trial.cell().isEmpty() ? "seed " + trial.experiment().seed() : String.join(", ", trial.cell());
    }

    /** From every cell two images and those between them. */
    private void between(Document page) {
        List<Block.Picture> rows = new ArrayList<>();
        for (Trial trial : firstSeeds())
            for (Trial.Variant variant : trial.variants()) {
                Path file = directory.interpolation(trial, variant);
                if (Files.exists(file) && rows.size() < LineChart.STYLES)
                    rows.add(new Block.Picture(file, name(trial)));
            }
        if (!rows.isEmpty())
            page.section("Between two samples")
                    .paragraph("Two images of each model and those between them, from points on the arc between their"
                            + " random starts, or straight between styles where a model has them.")
                    .add(new Block.Pictures(rows, Block.Size.LARGE));
    }

    /** Images of the same noises from every cell, so that what differs is the cell. */
    private void pictures(Document page) {
        Map<Trial, List<Block.Picture>> grids = new LinkedHashMap<>();
        int shown = 0;
        for (Trial trial : firstSeeds())
            for (Trial.Variant variant : trial.variants()) {
                Path file = directory.picture(trial, variant);
                if (!Files.exists(file) || shown++ >= SHOWN_PICTURES) continue;
                List<String> labels = varied(sweep.variantAxes(), variant.labels());
                String caption = labels.isEmpty()
                        ? name(trial)
                        : String.join(", ", varied(sweep.variantAxes())) + " " + String.join(", ", labels);
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
            grids.forEach((trial, pictures) ->
                    page.add(new Block.Heading(3, name(trial))).add(new Block.Pictures(pictures, Block.Size.SMALL)));
    }
}
