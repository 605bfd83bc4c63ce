package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.experiment.Kebab;
import dev.calotype.experiment.RunDirectory;
import dev.calotype.experiment.Statistics;
import dev.calotype.sweep.Axis;
import dev.calotype.sweep.Score;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepDirectory;
import dev.calotype.sweep.SweepTable;
import dev.calotype.sweep.SweepTable.Row;
import dev.calotype.sweep.SweepTable.Summary;
import dev.calotype.sweep.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        table.columns().forEach(column -> winner(page, column));
        page.section("All cells").add(all()).notes(table.notes());
        if (!sweep.variantAxes().isEmpty()) byVariant(page);
        curves(page);
        pictures(page);
        page.section("Configuration").add(new Block.Code(sweep.text()));
        return page;
    }

    private String summary() {
        long seeds = sweep.trials().stream()
                .map(trial -> trial.experiment().seed())
                .distinct()
                .count();
        return format(
                "The same recipe was trained again and again, each time with one thing different: %s. %d trainings, %d for"
                        + " each cell%s.%s Each row of the table is the mean over the seeds, with ± one standard deviation if"
                        + " there are several; the best of a column is marked.",
                names(sweep.axes()),
                sweep.trials().size(),
                seeds,
                seeds > 1 ? ", with different seeds" : "",
                sweep.variantAxes().isEmpty()
                        ? ""
                        : " Every trained model was then sampled in several ways, by " + names(sweep.variantAxes())
                                + ".");
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

    private void winner(Document page, String column) {
        for (Row row : table.rows())
            if (table.best(row, column)) {
                page.paragraph(format(
                        "Best %s: %s, with %s.",
                        SweepTable.score(column).title(), row.values().get(column), named(row.labels())));
                return;
            }
    }

    /** Labels with the names of their axes. */
    private String named(List<String> labels) {
        List<String> heads = new ArrayList<>(table.axes());
        heads.addAll(table.variantAxes());
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < labels.size(); i++) parts.add(heads.get(i) + " " + labels.get(i));
        return String.join(", ", parts);
    }

    private Block.Table all() {
        List<String> heads = new ArrayList<>(table.axes());
        heads.addAll(table.variantAxes());
        int labels = heads.size();
        table.columns().forEach(column -> heads.add(SweepTable.score(column).title()));
        List<List<Block.Cell>> rows = new ArrayList<>();
        for (Row row : table.rows()) {
            List<Block.Cell> cells = new ArrayList<>();
            row.labels().forEach(label -> cells.add(Block.Cell.of(label)));
            while (cells.size() < labels) cells.add(Block.Cell.of("–"));
            for (String column : table.columns()) cells.add(cell(row, column, table.best(row, column)));
            rows.add(cells);
        }
        return new Block.Table(heads, labels, rows);
    }

    private static Block.Cell cell(Row row, String column, boolean best) {
        Summary value = row.values().get(column);
        return new Block.Cell(value == null ? "–" : value.toString(), best ? Block.Mark.BEST : Block.Mark.NONE);
    }

    /** For each score of drawn images a table with the last axis of sampling across, and the curves of its rows. */
    private void byVariant(Document page) {
        Axis across = sweep.variantAxes().get(sweep.variantAxes().size() - 1);
        if (across.settings().size() < 2) return;
        Map<List<String>, List<Row>> lines = new LinkedHashMap<>();
        for (Row row : table.rows()) {
            if (row.variant().isEmpty()) continue;
            List<String> key = new ArrayList<>(row.labels());
            key.remove(key.size() - 1);
            lines.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
        }
        boolean numbers = across.settings().stream().allMatch(s -> s.label().matches("\\d{1,9}(\\.\\d+)?"));
        List<LineChart> charts = new ArrayList<>();
        for (Score score : sweep.measurement().scores()) {
            String column = Kebab.of(score);
            if (!table.columns().contains(column)) continue;
            page.section(score.title() + " by " + across.name()).add(pivot(across, lines, column));
            if (numbers) charts.add(chart(across, lines, score));
        }
        if (!charts.isEmpty()) page.section("The same as curves").charts(charts);
    }

    private Block.Table pivot(Axis across, Map<List<String>, List<Row>> lines, String column) {
        List<String> heads = new ArrayList<>(table.axes());
        heads.addAll(table.variantAxes().subList(0, table.variantAxes().size() - 1));
        int labels = heads.size();
        across.settings().forEach(setting -> heads.add(setting.label()));
        List<List<Block.Cell>> rows = new ArrayList<>();
        lines.forEach((key, line) -> {
            List<Block.Cell> cells = new ArrayList<>();
            key.forEach(label -> cells.add(Block.Cell.of(label)));
            line.forEach(row -> cells.add(cell(row, column, table.best(row, column))));
            rows.add(cells);
        });
        return new Block.Table(heads, labels, rows);
    }

    private LineChart chart(Axis across, Map<List<String>, List<Row>> lines, Score score) {
        String column = Kebab.of(score);
        List<LineChart.Series> series = new ArrayList<>();
        lines.forEach((key, line) -> series.add(LineChart.Series.of(
                key.isEmpty() ? score.title() : named(key),
                line.stream().filter(row -> row.values().containsKey(column)).toList(),
                row -> Double.parseDouble(row.variant().get(row.variant().size() - 1)),
                row -> row.values().get(column).mean())));
        double least = across.settings().stream()
                .mapToDouble(s -> Double.parseDouble(s.label()))
                .min()
                .orElse(0);
        return new LineChart(
                score.title(),
                across.name(),
                least > 0 ? LineChart.XScale.LOGARITHMIC : LineChart.XScale.LINEAR,
                series);
    }

    private void curves(Document page) throws IOException {
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

    private List<Trial> firstSeeds() {
        Map<List<String>, Trial> first = new LinkedHashMap<>();
        sweep.trials().forEach(trial -> first.putIfAbsent(trial.cell(), trial));
        return List.copyOf(first.values());
    }

    private String name(Trial trial) {
        return trial.cell().isEmpty() ? "seed " + trial.experiment().seed() : named(trial.cell());
    }

    /** Images of the same noises from every cell, so that what differs is the cell. */
    private void pictures(Document page) {
        List<Block.Picture> pictures = new ArrayList<>();
        for (Trial trial : firstSeeds())
            for (Trial.Variant variant : trial.variants()) {
                Path file = directory.picture(trial, variant);
                if (!Files.exists(file) || pictures.size() >= SHOWN_PICTURES) continue;
                List<String> labels = new ArrayList<>(trial.cell());
                labels.addAll(variant.labels());
                pictures.add(new Block.Picture(file, labels.isEmpty() ? name(trial) : named(labels)));
            }
        if (!pictures.isEmpty()) page.section("Samples").add(new Block.Pictures(pictures, Block.Size.SMALL));
    }
}
