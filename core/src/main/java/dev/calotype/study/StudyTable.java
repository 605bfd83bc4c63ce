package dev.calotype.study;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.calotype.io.CsvText;
import dev.calotype.settings.Summary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * What a study found: one row for each degradation and method.
 *
 * @param baseline the label of the method that the others are tested against; empty for none
 * @param notes what a reader must know before comparing, in sentences
 */
public record StudyTable(String name, String baseline, List<Row> rows, List<String> notes) {
    private static final double EQUAL = 1e-9; // means of equal numbers, but for rounding

    /** What the table is made of, in its order. */
    public enum Column {
        PSNR("PSNR dB", "%.2f ± %.2f", Better.HIGHER, Row::psnr),
        SSIM("SSIM", "%.3f ± %.3f", Better.HIGHER, Row::ssim),
        LPIPS("LPIPS", "%.3f ± %.3f", Better.LOWER, Row::lpips),
        SEED_SPREAD("± over seeds", "%.2f", Better.NEITHER, Row::seedSpread),
        DRAW_SPREAD("± between draws", "%.1f ± %.1f", Better.NEITHER, Row::drawSpread),
        SECONDS("seconds", "%.1f", Better.NEITHER, Row::seconds),
        ITERATION("iteration", "%.0f", Better.NEITHER, Row::iteration),
        ORACLE("oracle PSNR", "%.2f", Better.NEITHER, Row::oracle),
        GAP("gap to oracle", "%.2f ± %.2f", Better.NEITHER, Row::gap),
        WORST_GAP("worst gap", "%.2f", Better.NEITHER, Row::worstGap);

        /** Which way is better. */
        private enum Better {
            LOWER,
            HIGHER,
            NEITHER
        }

        private final String title;
        private final String format;
        private final Better better;
        private final Function<Row, Summary> value;

        Column(String title, String format, Better better, Function<Row, Summary> value) {
            this.title = title;
            this.format = format;
            this.better = better;
            this.value = value;
        }

        /** Its head. */
        public String title() {
            return title;
        }

        /** Its value in a row; null where there is none. */
        public Summary of(Row row) {
            return value.apply(row);
        }

        /** Its value in a row as a text. */
        public String text(Row row) {
            Summary summary = of(row);
            if (summary == null) return "–";
            String shown = summary.spread() == null ? format.replaceAll(" ±.*", "") : format;
            return String.format(Locale.ROOT, shown, summary.mean(), summary.spread());
        }
    }

    /**
     * A method on a degradation, over pictures and seeds. What is not known is null.
     *
     * @param trials that have a result
     * @param failures that have none
     * @param seedSpread the standard deviation of PSNR over the seeds of one picture, and how it differs between pictures
     * @param drawSpread the standard deviation between the draws whose mean an estimate is, in units of 0..255
     * @param oracle what was the best of each fit, known from the truth
     * @param against the same trials by the baseline; null for the baseline itself
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Row(
            String degradation,
            String method,
            int trials,
            int failures,
            Summary psnr,
            Summary ssim,
            Summary lpips,
            Summary seedSpread,
            Summary drawSpread,
            Summary seconds,
            Summary iteration,
            Summary oracle,
            Summary gap,
            Summary worstGap,
            Against against) {}

    /**
     * A method less the baseline, in dB of PSNR, pair by pair.
     *
     * @param wins pairs in which the method is better
     */
    public record Against(Summary difference, int wins, SignedRankTest test) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%+.2f dB, %d of %d, p %s",
                    difference.mean(),
                    wins,
                    difference.seeds(),
                    test.p() < 0.0001 ? "< 0.0001" : String.format(Locale.ROOT, "%.4f", test.p()));
        }
    }

    /** The table of what is there by now. */
    public static StudyTable of(Study study, StudyDirectory directory) throws IOException {
        return of(study, directory.results());
    }

    /** The table of results by the ids of their trials. */
    static StudyTable of(Study study, Map<String, TrialResult> results) {
        StudyRows rows = new StudyRows(study.plan().baseline());
        for (Trial trial : study.trials()) rows.add(trial, results.get(trial.id()));
        return new StudyTable(study.name(), study.plan().baseline(), rows.rows(), rows.notes(study));
    }

    /** The columns that have values. */
    public List<Column> columns() {
        List<Column> columns = new ArrayList<>();
        for (Column column : Column.values())
            if (rows.stream().map(column::of).anyMatch(Objects::nonNull)) columns.add(column);
        return columns;
    }

    /**
     * Whether a row is the best of its degradation in a column; of a cost there is none. A row that lacks trials which another
     * has is none either: its mean is one of other pictures.
     */
    public boolean best(Row row, Column column) {
        Summary own = column.of(row);
        if (column.better == Column.Better.NEITHER || own == null) return false;
        List<Row> all = rows(row.degradation());
        if (all.stream().anyMatch(other -> other.trials() > row.trials())) return false;
        double sign = column.better == Column.Better.LOWER ? 1 : -1, equal = EQUAL * Math.abs(own.mean());
        double[] behind = all.stream()
                .map(column::of)
                .filter(Objects::nonNull)
                .mapToDouble(other -> sign * (other.mean() - own.mean()))
                .toArray();
        return Arrays.stream(behind).allMatch(gap -> gap >= -equal)
                && Arrays.stream(behind).anyMatch(gap -> gap > equal);
    }

    /** The heads of a degradation's table: the method, its PSNR, how it does against the baseline, and the other columns. */
    public List<String> heads() {
        List<String> heads = new ArrayList<>();
        columns().forEach(column -> heads.add(column.title()));
        if (!baseline.isEmpty() && !heads.isEmpty()) heads.add(1, "against " + baseline);
        heads.add(0, "method");
        return heads;
    }

    /** A row under {@link #heads}. */
    public List<Entry> entries(Row row) {
        List<Entry> entries = new ArrayList<>();
        for (Column column : columns()) entries.add(new Entry(column.text(row), best(row, column)));
        if (!baseline.isEmpty() && !entries.isEmpty())
            entries.add(1, new Entry(row.against() == null ? "–" : row.against().toString(), false));
        entries.add(0, new Entry(row.method(), false));
        return entries;
    }

    /**
     * What stands in the table.
     *
     * @param best whether it is the best of its degradation
     */
    public record Entry(String text, boolean best) {}

    /** The rows of a degradation. */
    public List<Row> rows(String degradation) {
        return rows.stream()
                .filter(row -> row.degradation().equals(degradation))
                .toList();
    }

    /** The tables for a repository's page, one for each degradation; the best is bold. */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        List<String> heads = heads();
        for (String degradation : degradations()) {
            text.append("**").append(degradation).append("**\n\n| ").append(String.join(" | ", heads));
            text.append(" |\n|---|").append("---:|".repeat(heads.size() - 1)).append('\n');
            for (Row row : rows(degradation)) {
                List<String> cells = entries(row).stream()
                        .map(entry -> entry.best() ? "**" + entry.text() + "**" : entry.text())
                        .map(cell -> cell.replace("|", "\\|"))
                        .toList();
                text.append("| ").append(String.join(" | ", cells)).append(" |\n");
            }
            text.append('\n');
        }
        notes.forEach(note -> text.append("- ").append(note).append('\n'));
        return text.toString();
    }

    /** The table as comma-separated values, with the degradation before the columns. */
    public String csv() {
        List<List<String>> lines = new ArrayList<>();
        List<String> heads = new ArrayList<>(List.of("degradation"));
        heads.addAll(heads());
        lines.add(heads);
        for (Row row : rows) {
            List<String> cells = new ArrayList<>(List.of(row.degradation()));
            entries(row).forEach(entry -> cells.add(entry.text()));
            lines.add(cells);
        }
        return CsvText.of(lines);
    }

    /** The distinct degradations, in their order. */
    public Collection<String> degradations() {
        Set<String> all = new LinkedHashSet<>();
        rows.forEach(row -> all.add(row.degradation()));
        return all;
    }
}
