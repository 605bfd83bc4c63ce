package dev.calotype.report;

import dev.calotype.settings.Summary;
import dev.calotype.sweep.Axis;
import dev.calotype.sweep.Column;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepTable;
import dev.calotype.sweep.SweepTable.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The scores of a sweep as tables, and as curves where they are taken along an axis of numbers. */
final class SweepScores {
    private final Sweep sweep;
    private final SweepTable table;
    private final SweepNames names;

    SweepScores(Sweep sweep, SweepTable table) {
        this.sweep = sweep;
        this.table = table;
        names = new SweepNames(sweep);
    }

    /** Every cell, by what of the sampling varies last if something does. */
    void addTo(Document page) {
        Axis across = names.across();
        if (across == null) {
            page.section("All cells").add(rows(table.rows(), table.columns(), names.axes()));
            return;
        }
        trainings(page);
        byVariant(page, across);
    }

    /** The best cell by each score, where the seeds tell it apart. */
    Block.Table best() {
        List<String> heads = new ArrayList<>(List.of("score"));
        heads.addAll(SweepNames.varied(names.axes()));
        List<List<Block.Cell>> rows = new ArrayList<>();
        for (String column : table.columns())
            table.rows().stream()
                    .filter(row -> table.best(row, column))
                    .findFirst()
                    .ifPresent(row -> {
                        List<Block.Cell> cells = new ArrayList<>();
                        cells.add(Block.Cell.of(Column.named(column).title()));
                        List<String> labels = Column.named(column).ofTraining() ? row.cell() : row.labels();
                        SweepNames.varied(names.axes(), labels).forEach(label -> cells.add(Block.Cell.of(label)));
                        while (cells.size() < heads.size()) cells.add(Block.Cell.of("any"));
                        cells.add(cell(row, column));
                        rows.add(cells);
                    });
        int labels = heads.size();
        heads.add("value");
        return new Block.Table(heads, labels, rows);
    }

    private Block.Table rows(List<Row> of, List<String> columns, List<Axis> axes) {
        List<String> heads = new ArrayList<>(SweepNames.varied(axes));
        if (heads.isEmpty()) heads.add(axes.isEmpty() ? "cell" : axes.get(0).name());
        int labels = heads.size();
        columns.forEach(column -> heads.add(Column.named(column).title()));
        List<List<Block.Cell>> rows = new ArrayList<>();
        for (Row row : of) {
            List<Block.Cell> cells = new ArrayList<>();
            SweepNames.varied(axes, row.labels().stream().limit(axes.size()).toList())
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
        String text = value == null ? "–" : Column.named(column).text(value);
        return new Block.Cell(text, table.best(row, column) ? Block.Mark.BEST : Block.Mark.NONE);
    }

    /** What does not depend on how a model is sampled, once for each cell. */
    private void trainings(Document page) {
        Map<List<String>, Row> cells = new LinkedHashMap<>();
        table.rows().forEach(row -> cells.putIfAbsent(row.cell(), row));
        List<String> columns = table.columns().stream()
                .filter(column -> Column.named(column).ofTraining())
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
            Column score = Column.named(column);
            if (score.ofTraining()) continue;
            page.section(score.title() + " by " + across.name()).add(pivot(across, lines, column));
            if (numbers && score.judged()) charts.add(chart(across, lines, column));
        }
        if (charts.isEmpty()) return;
        page.section("The same as curves");
        List<String> named =
                SweepNames.varied(names.axes().subList(0, names.axes().size() - 1));
        if (!named.isEmpty()) page.paragraph("Curves are named by " + String.join(", ", named) + ".");
        page.charts(charts);
    }

    private Block.Table pivot(Axis across, Map<List<String>, List<Row>> lines, String column) {
        List<String> heads = new ArrayList<>(
                SweepNames.varied(names.axes().subList(0, names.axes().size() - 1)));
        int labels = heads.size();
        across.settings().forEach(setting -> heads.add(setting.label()));
        List<List<Block.Cell>> rows = new ArrayList<>();
        lines.forEach((key, line) -> {
            List<Block.Cell> cells = new ArrayList<>();
            SweepNames.varied(names.axes(), key).forEach(label -> cells.add(Block.Cell.of(label)));
            line.forEach(row -> cells.add(cell(row, column)));
            rows.add(cells);
        });
        return new Block.Table(heads, labels, rows);
    }

    private LineChart chart(Axis across, Map<List<String>, List<Row>> lines, String column) {
        List<LineChart.Series> series = new ArrayList<>();
        lines.forEach((key, line) -> series.add(LineChart.Series.of(
                String.join(", ", SweepNames.varied(names.axes(), key)),
                line.stream().filter(row -> row.values().containsKey(column)).toList(),
                row -> Double.parseDouble(row.variant().get(row.variant().size() - 1)),
                row -> row.values().get(column).mean())));
        double least = across.settings().stream()
                .mapToDouble(s -> Double.parseDouble(s.label()))
                .min()
                .orElse(0);
        return new LineChart(
                Column.named(column).title(),
                across.name(),
                least > 0 ? LineChart.XScale.LOGARITHMIC : LineChart.XScale.LINEAR,
                series);
    }
}
