package dev.calotype.sweep;

import static dev.calotype.settings.Summary.number;

import dev.calotype.experiment.Milestone;
import dev.calotype.judge.Score;
import dev.calotype.run.RunDirectory;
import dev.calotype.settings.Summary;
import dev.calotype.sweep.SweepTable.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** What a table is enough to conclude, and what it is not. */
final class Evidence {
    private static final double[] STUDENT = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};
    private static final double NORMAL = 1.960, BEYOND = 2.7; // quantiles of more degrees: about 1.96 + 2.7 / degrees
    private static final double SHORT_SECONDS = 300, FALLING = 0.9;
    private static final int NAMED = 3;

    private final List<Row> rows;
    private final List<String> sentences = new ArrayList<>();

    private Evidence(List<Row> rows) {
        this.rows = rows;
    }

    /** Whether the seeds tell two means apart, at 95 % by Welch's t-test: never with a single seed. */
    static boolean apart(Summary one, Summary other) {
        if (one.spread() == null || other.spread() == null) return false;
        double a = one.spread() * one.spread() / one.seeds(), b = other.spread() * other.spread() / other.seeds();
        double gap = Math.abs(one.mean() - other.mean());
        if (a + b == 0) return gap > 0;
        double degrees = (a + b) * (a + b) / (a * a / (one.seeds() - 1) + b * b / (other.seeds() - 1));
        return gap > student(degrees) * Math.sqrt(a + b);
    }

    private static double student(double degrees) {
        int whole = (int) Math.max(1, Math.floor(degrees + 1e-9));
        return whole <= STUDENT.length ? STUDENT[whole - 1] : NORMAL + BEYOND / whole;
    }

    /** What a reader must know before calling a cell better than another, in sentences. */
    static List<String> sentences(SweepTable table, Sweep sweep, SweepDirectory directory) throws IOException {
        Evidence evidence = new Evidence(table.rows());
        if (table.rows().size() > 1) {
            evidence.seeds(table);
            evidence.intervals();
        }
        evidence.length();
        evidence.course(sweep, directory);
        return List.copyOf(evidence.sentences);
    }

    private void seeds(SweepTable table) {
        List<String> judged = table.columns().stream()
                .filter(column -> Column.named(column).better() != Score.Better.NEITHER)
                .toList();
        int most = rows.stream()
                .flatMap(row -> judged.stream().map(row.values()::get))
                .filter(Objects::nonNull)
                .mapToInt(Summary::seeds)
                .max()
                .orElse(0);
        if (most == 1)
            sentences.add(
                    "Each was trained with one seed: how far its numbers are chance is not known, so none is called the"
                            + " best. Several seeds tell it.");
        if (most > 1 && judged.stream().noneMatch(column -> rows.stream().anyMatch(row -> table.best(row, column))))
            sentences.add("No cell is told apart from all others: the seeds of one differ as much as the cells do.");
    }

    /** Names cells whose FIDs other images of the same models could order otherwise. */
    private void intervals() {
        List<String> pairs = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++)
            for (int j = i + 1; j < rows.size(); j++)
                if (overlap(rows.get(i), rows.get(j)))
                    pairs.add(String.join(", ", rows.get(i).labels()) + " and "
                            + String.join(", ", rows.get(j).labels()));
        if (pairs.isEmpty()) return;
        String more = pairs.size() > NAMED ? " and " + (pairs.size() - NAMED) + " more pairs" : "";
        sentences.add("The intervals of the FID overlap: of "
                + String.join("; ", pairs.subList(0, Math.min(NAMED, pairs.size())))
                + more + ". Other images of the same models could change their order.");
    }

    private static boolean overlap(Row one, Row other) {
        Summary low = one.values().get("fid-low"), high = one.values().get("fid-high");
        Summary otherLow = other.values().get("fid-low"),
                otherHigh = other.values().get("fid-high");
        return low != null
                && high != null
                && otherLow != null
                && otherHigh != null
                && low.mean() <= otherHigh.mean()
                && otherLow.mean() <= high.mean();
    }

    private void length() {
        double longest = rows.stream()
                .map(row -> row.values().get(Column.TRAINING_SECONDS.name()))
                .filter(Objects::nonNull)
                .mapToDouble(Summary::mean)
                .max()
                .orElse(SHORT_SECONDS);
        if (longest < SHORT_SECONDS)
            sentences.add("The trainings took " + number(longest)
                    + " seconds at most: what is ahead after so short a time need"
                    + " not be ahead after a longer one.");
    }

    /** Names the trainings that were still becoming better. */
    private void course(Sweep sweep, SweepDirectory directory) throws IOException {
        List<String> falling = new ArrayList<>();
        for (Trial trial : sweep.trials())
            falling(directory, trial)
                    .ifPresent(fids -> falling.add(String.join(", ", trial.cell()) + " (seed "
                            + trial.experiment().seed() + ", " + fids + ")"));
        if (falling.isEmpty()) return;
        String more = falling.size() > NAMED ? " and " + (falling.size() - NAMED) + " more" : "";
        sentences.add("The FID was still falling at the end of the training of "
                + String.join("; ", falling.subList(0, Math.min(NAMED, falling.size())))
                + more + ": with more time the order may be another.");
    }

    /** The FIDs at half of a training and at its end, if it fell by more than a tenth. */
    private static Optional<String> falling(SweepDirectory directory, Trial trial) throws IOException {
        List<Milestone> scored = Milestone.read(new RunDirectory(directory.trial(trial)).milestonesFile()).stream()
                .filter(milestone -> milestone.has("fid"))
                .toList();
        if (scored.size() < 2) return Optional.empty();
        double half = scored.get((scored.size() - 1) / 2).score().number("fid");
        double end = scored.get(scored.size() - 1).score().number("fid");
        return end < FALLING * half ? Optional.of(number(half) + " to " + number(end)) : Optional.empty();
    }
}
