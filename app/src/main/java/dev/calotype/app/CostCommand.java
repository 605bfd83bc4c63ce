package dev.calotype.app;

import dev.calotype.app.CostCell.Work;
import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.experiment.offer.Cost;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Precision;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how time and memory grow. */
@Command(
        name = "cost",
        mixinStandardHelpOptions = true,
        description = {
            "Measure seconds and peak memory of training steps and of sampling against resolution, batch, channels,"
                    + " threads and steps, beside the memory that was expected.",
            "Each point has a process of its own. Points that do not fit are left out, with the reason."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  calotype bench cost --json", "  calotype bench cost --quick"})
final class CostCommand extends EngineCommand {
    @Option(names = "--quick", description = "Four points only.")
    private boolean quick;

    @Option(
            names = "--limit",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "Leave out a point that takes longer (default: ${DEFAULT-VALUE}).")
    private long limit;

    @Override
    protected Object execute(Console console) throws Exception {
        if (limit < 1 || limit > 3600) throw new IllegalArgumentException("limit must be in 1..3600: " + limit);
        List<CostCell> cells = quick ? quickGrid() : grid();
        List<Row> rows = new ArrayList<>();
        for (CostCell cell : cells) {
            rows.add(new Row(cell, cell.measure(limit)));
            console.at("measuring", rows.size(), cells.size());
        }
        return new Table(rows);
    }

    private static CostCell middle() {
        return new CostCell(Work.TRAINING_STEP, 32, 16, 64, Precision.best(), 2, 1, "never");
    }

    private static List<CostCell> quickGrid() {
        CostCell small = middle().with(16, 4, 32);
        return List.of(small, small.with(32, 16, 32), small.recomputing().with(32, 16, 32), small.sampling(2));
    }

    /** Lines through the middle, one for each quantity, for training and sampling. */
    private static List<CostCell> grid() {
        Set<CostCell> cells = new LinkedHashSet<>();
        CostCell middle = middle();
        for (CostCell c : List.of(middle, middle.sampling(1))) {
            for (int size : new int[] {16, 32, 64, 128}) cells.add(c.with(size, size == 128 ? 8 : 16, 64));
            for (int batch : new int[] {1, 4, 16, 64, 128}) cells.add(c.with(32, batch, 64));
            for (int channels : new int[] {32, 64, 128}) cells.add(c.with(32, 16, channels));
            cells.add(c.on(1));
            cells.add(c.in(Precision.FP32));
            cells.add(c.in(Precision.FP32).on(1));
        }
        cells.add(middle.recomputing());
        cells.add(middle.recomputing().with(64, 16, 64));
        cells.add(middle.recomputing().with(32, 128, 64));
        cells.add(middle.recomputing().in(Precision.FP32));
        for (int steps : new int[] {5, 10, 20}) cells.add(middle.sampling(steps));
        return List.copyOf(cells);
    }

    /**
     * One line of the table.
     *
     * @param error of the estimate, as a share of the measured peak
     */
    record Row(CostCell point, Cost cost, Double error, String skipped) {
        Row(CostCell point, CostCell.Found found) {
            this(point, found.cost(), error(found.cost()), found.skipped());
        }

        private static Double error(Cost cost) {
            return cost == null || cost.peakMb() == 0 ? null : (double) cost.estimateMb() / cost.peakMb() - 1;
        }

        @Override
        public String toString() {
            String what = point.work() == Work.TRAINING_STEP ? "step" : "sample, steps " + point.samplingSteps();
            if (point.recompute().equals("always")) what += ", recomputed";
            String left = String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %d | %s | %d |",
                    what,
                    point.size(),
                    point.batch(),
                    point.channels(),
                    Kebab.of(point.precision()),
                    point.threads());
            if (cost == null) return left + " " + skipped + " | | | |";
            return left
                    + String.format(
                            Locale.ROOT,
                            " %.3f | %d | %d | %s |",
                            cost.seconds(),
                            cost.estimateMb(),
                            cost.peakMb(),
                            error == null ? "" : String.format(Locale.ROOT, "%+.0f %%", 100 * error));
        }
    }

    /** The rows; as text a table in Markdown. */
    record Table(List<Row> rows) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("| work | px | batch | channels | precision | threads | seconds |"
                    + " expected MB | peak MB | error |\n|---|---|---|---|---|---|---|---|---|---|\n");
            for (Row row : rows) text.append(row).append('\n');
            return text.toString().stripTrailing();
        }
    }
}
