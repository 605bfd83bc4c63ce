package dev.calotype.sweep;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Likelihood;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Scores;
import dev.calotype.experiment.Story;
import dev.calotype.io.CsvText;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Naming;
import dev.calotype.judge.Score;
import dev.calotype.metric.Classification;
import dev.calotype.model.NetworkCost;
import dev.calotype.run.RunDirectory;
import dev.calotype.settings.Kebab;
import dev.calotype.settings.Summary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What a sweep found: one row for each cell and way of sampling, with mean and spread over the seeds.
 *
 * @param axes names of the training axes
 * @param variantAxes names of the axes of sampling
 * @param columns the scores, in {@link Kebab} form
 * @param notes what a reader must know before comparing, in sentences
 */
public record SweepTable(
        String name,
        List<String> axes,
        List<String> variantAxes,
        List<String> columns,
        List<Row> rows,
        List<String> notes) {
    /**
     * One cell, sampled in one way.
     *
     * @param cell a label for each training axis
     * @param variant a label for each axis of sampling
     * @param values by column; absent where nothing was measured
     * @param open seeds that are not finished yet
     * @param failures why a seed has no numbers
     */
    public record Row(
            List<String> cell, List<String> variant, Map<String, Summary> values, int open, List<String> failures) {
        /** All labels. */
        @JsonIgnore
        public List<String> labels() {
            return Stream.concat(cell.stream(), variant.stream()).toList();
        }
    }

    /** The table of what is there by now. */
    public static SweepTable of(Sweep sweep, SweepDirectory directory) throws IOException {
        Map<List<String>, List<Trial>> cells = new LinkedHashMap<>();
        for (Trial trial : sweep.trials())
            cells.computeIfAbsent(trial.cell(), cell -> new ArrayList<>()).add(trial);
        Collector collector = new Collector(sweep.measurement(), directory);
        for (Map.Entry<List<String>, List<Trial>> cell : cells.entrySet())
            collector.add(cell.getKey(), cell.getValue());
        SweepTable table = new SweepTable(
                sweep.name(),
                sweep.axes().stream().map(Axis::name).toList(),
                sweep.variantAxes().stream().map(Axis::name).toList(),
                collector.columns(),
                List.copyOf(collector.rows),
                List.of());
        List<String> notes = new ArrayList<>(collector.facts());
        notes.addAll(Evidence.sentences(table, sweep, directory));
        notes.addAll(collector.caveats);
        return table.with(notes);
    }

    private SweepTable with(List<String> sentences) {
        return new SweepTable(name, axes, variantAxes, columns, rows, List.copyOf(sentences));
    }

    /** Keeps the table of what is there by now in the directory. */
    public static SweepTable write(Sweep sweep, SweepDirectory directory) throws IOException {
        SweepTable table = of(sweep, directory);
        directory.write(table);
        return table;
    }

    /**
     * Whether a row's value is the best of its column and the seeds tell it apart from every other one; with a single seed,
     * and of a cost or a fact, there is none.
     */
    public boolean best(Row row, String column) {
        Score.Better better = Column.named(column).better();
        Summary own = row.values().get(column);
        if (better == Score.Better.NEITHER || own == null || rows.size() < 2) return false;
        double sign = better == Score.Better.LOWER ? 1 : -1;
        List<Summary> others = rows.stream()
                .filter(other -> other != row)
                .map(other -> other.values().get(column))
                .filter(Objects::nonNull)
                .toList();
        return !others.isEmpty()
                && others.stream()
                        .allMatch(other -> sign * (other.mean() - own.mean()) > 0 && Evidence.apart(own, other));
    }

    /** The table for a repository's page; the best of a column is bold where the seeds tell it apart. */
    public String markdown() {
        List<String> heads = new ArrayList<>(axes);
        heads.addAll(variantAxes);
        columns.forEach(column -> heads.add(Column.named(column).title()));
        StringBuilder text = new StringBuilder("| " + String.join(" | ", heads) + " |\n|"
                + "---|".repeat(axes.size() + variantAxes.size()) + "---:|".repeat(columns.size()) + "\n");
        for (Row row : rows) {
            List<String> cells = new ArrayList<>();
            row.labels().forEach(label -> cells.add(label.replace("|", "\\|")));
            for (String column : columns) {
                Summary value = row.values().get(column);
                String shown = value == null ? "–" : Column.named(column).text(value);
                cells.add(best(row, column) ? "**" + shown + "**" : shown);
            }
            text.append("| ").append(String.join(" | ", cells)).append(" |\n");
        }
        if (!notes.isEmpty()) text.append('\n');
        notes.forEach(note -> text.append("- ").append(note).append('\n'));
        return text.toString();
    }

    /** The table as comma-separated values: of each score the mean, the spread and how many seeds; empty where there is none. */
    public String csv() {
        List<List<String>> lines = new ArrayList<>();
        List<String> heads = new ArrayList<>(axes);
        heads.addAll(variantAxes);
        for (String column : columns) heads.addAll(List.of(column, column + "-spread", column + "-seeds"));
        lines.add(heads);
        for (Row row : rows) {
            List<String> cells = new ArrayList<>(row.labels());
            for (String column : columns) {
                Summary value = row.values().get(column);
                cells.add(value == null ? "" : String.valueOf(value.mean()));
                cells.add(value == null || value.spread() == null ? "" : String.valueOf(value.spread()));
                cells.add(value == null ? "0" : String.valueOf(value.seeds()));
            }
            lines.add(cells);
        }
        return CsvText.of(lines);
    }

    /** Gathers rows from the files of trials. */
    private static final class Collector {
        private final Measurement measurement;
        private final SweepDirectory directory;
        private final List<Row> rows = new ArrayList<>();
        private final Set<Column> present = new LinkedHashSet<>();
        private final Set<String> networks = new LinkedHashSet<>();
        private final Set<String> references = new LinkedHashSet<>();
        private final Set<String> caveats = new LinkedHashSet<>();
        private int open;
        private final Set<String> failures = new LinkedHashSet<>();

        Collector(Measurement measurement, SweepDirectory directory) {
            this.measurement = measurement;
            this.directory = directory;
        }

        void add(List<String> cell, List<Trial> seeds) throws IOException {
            int variants = Math.max(1, seeds.get(0).variants().size());
            List<String> reasons = new ArrayList<>();
            int unfinished = 0;
            for (Trial trial : seeds) {
                Optional<SweepDirectory.Failed> failed = directory.failed(trial);
                failed.ifPresent(f -> reasons.add("seed " + trial.experiment().seed() + ": " + f.reason()));
                if (!directory.done(trial, measurement)) unfinished++;
            }
            open += unfinished;
            reasons.forEach(reason -> failures.add(String.join(", ", cell) + ", " + reason));
            for (int i = 0; i < variants; i++) {
                Map<Column, List<Double>> values = new TreeMap<>(Comparator.comparing(Column.known()::indexOf));
                List<String> labels = List.of();
                for (Trial trial : seeds) {
                    training(trial, values);
                    if (trial.variants().isEmpty()) continue;
                    Trial.Variant variant = trial.variants().get(i);
                    labels = variant.labels();
                    Optional<Judgement> judgement = directory.judgement(trial, variant);
                    if (judgement.isPresent()) sampling(judgement.get(), values);
                    Optional<SweepDirectory.Drawn> drawn = directory.drawn(trial, variant);
                    if (drawn.isPresent())
                        put(values, Column.SAMPLING_SECONDS, drawn.get().secondsPerImage());
                }
                Map<String, Summary> summaries = new LinkedHashMap<>();
                values.forEach((score, seen) -> summaries.put(score.name(), Summary.of(seen)));
                present.addAll(values.keySet());
                rows.add(new Row(cell, labels, summaries, unfinished, reasons));
            }
        }

        private void training(Trial trial, Map<Column, List<Double>> values) throws IOException {
            Optional<SweepDirectory.Trained> trained = directory.trained(trial);
            if (trained.isEmpty()) return;
            if (Kinds.of(trial.experiment()).story().worth() == Story.Worth.LOSS)
                put(values, Column.VALIDATION, trained.get().validation());
            named(trial, values);
            predicted(trial, values);
            put(values, Column.TRAINING_STEPS, (double) trained.get().step());
            put(values, Column.TRAINING_SECONDS, trained.get().seconds());
            put(values, Column.IMAGES_PER_SECOND, trained.get().imagesPerSecond());
            put(values, Column.MEMORY_MB, (double) trained.get().memoryMb());
            Optional<Likelihood> likelihood = directory.likelihood(trial, measurement.likelihood());
            if (likelihood.isPresent())
                put(values, Column.BITS_PER_DIM, likelihood.get().bitsPerDim());
        }

        /** How a classifier named its test pictures, and what its network has. */
        private void named(Trial trial, Map<Column, List<Double>> values) throws IOException {
            Optional<Naming> naming = directory.named(trial);
            if (naming.isEmpty()) return;
            Classification found = naming.get().classification();
            put(values, Column.TOP_1, found.top1());
            if (found.top5() != null) put(values, Column.TOP_5, found.top5());
            put(values, Column.CROSS_ENTROPY, found.loss());
            put(values, Column.CALIBRATION_ERROR, found.ece());
            references.add(naming.get().data());
            cost(trial, values);
        }

        /** How well a prior finds pictures that it has not learned from, at the end. */
        private void predicted(Trial trial, Map<Column, List<Double>> values) throws IOException {
            if (Kinds.of(trial.experiment()).story().worth() != Story.Worth.MISSED) return;
            List<Milestone> milestones = Milestone.read(new RunDirectory(directory.trial(trial)).milestonesFile());
            Scores found = milestones.isEmpty()
                    ? null
                    : milestones.get(milestones.size() - 1).score();
            cost(trial, values);
            if (found == null) return;
            put(values, Column.RECALL_1, found.number("recall1"));
            put(values, Column.RECALL_5, found.number("recall5"));
            put(values, Column.RECALL_10, found.number("recall10"));
            put(values, Column.COSINE, found.number("cosine"));
        }

        private void cost(Trial trial, Map<Column, List<Double>> values) {
            cost(new RunDirectory(directory.trial(trial)).experiment()).ifPresent(cost -> {
                put(values, Column.PARAMETERS, cost.parameters());
                put(values, Column.MULTIPLY_ADDS, cost.multiplyAdds());
            });
        }

        private static <E extends Experiment> Optional<NetworkCost> cost(E experiment) {
            return Kinds.of(experiment).cost(experiment);
        }

        private void sampling(Judgement judgement, Map<Column, List<Double>> values) {
            for (Column score : measurement.scores()) {
                Double value = score.of(judgement);
                if (value != null) put(values, score, value);
            }
            put(values, Column.EVALUATION_SECONDS, judgement.seconds());
            if (judgement.against() != null) references.add(judgement.against());
            if (judgement.network() != null) networks.add(judgement.network() + " " + judgement.hash());
            caveats.addAll(judgement.caveats());
        }

        private static void put(Map<Column, List<Double>> values, Column score, double value) {
            values.computeIfAbsent(score, s -> new ArrayList<>()).add(value);
        }

        /** In the order of the scores asked for, then the costs. */
        List<String> columns() {
            Stream<Column> asked = measurement.scores().stream();
            Stream<Column> others = Column.known().stream().filter(score -> !score.judged());
            return Stream.concat(asked, others)
                    .filter(present::contains)
                    .map(Column::name)
                    .distinct()
                    .toList();
        }

        /** What is missing, and which networks judged. */
        List<String> facts() {
            List<String> notes = new ArrayList<>();
            if (open > 0) notes.add("Not finished: " + open + " trainings.");
            failures.forEach(failure -> notes.add("Failed: " + failure + "."));
            if (!references.isEmpty()) notes.add("Real pictures: " + String.join("; ", references) + ".");
            if (networks.size() == 1)
                notes.add("Feature network: " + networks.iterator().next() + ".");
            if (networks.size() > 1)
                notes.add("The feature networks differ, so the scores do not compare: " + String.join("; ", networks)
                        + ".");
            return List.copyOf(notes);
        }
    }
}
