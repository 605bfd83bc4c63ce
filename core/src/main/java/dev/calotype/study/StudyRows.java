package dev.calotype.study;

import dev.calotype.study.StudyTable.Against;
import dev.calotype.study.StudyTable.Row;
import dev.calotype.sweep.SweepTable.Summary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** Makes the rows of a table of results. */
final class StudyRows {
    private final Map<String, TrialResult> results;
    private final String baseline;
    private final List<Row> rows = new ArrayList<>();
    private final Set<String> failures = new LinkedHashSet<>();
    private int open;

    StudyRows(Map<String, TrialResult> results, String baseline) {
        this.results = results;
        this.baseline = baseline;
    }

    List<Row> rows() {
        return List.copyOf(rows);
    }

    /** The row of one method; {@code others} are the trials of the baseline on the same degradation. */
    void add(String degradation, List<Trial> trials, List<Trial> others) {
        String method = trials.get(0).method().label();
        List<TrialResult> good = new ArrayList<>();
        int failed = 0;
        for (Trial trial : trials) {
            TrialResult result = results.get(trial.id());
            if (result == null) open++;
            else if (result.succeeded()) good.add(result);
            else {
                failed++;
                failures.add(method + " on " + trial.picture() + ", " + degradation + ", seed " + trial.seed() + ": "
                        + result.failure());
            }
        }
        List<Double> gaps = values(good, result -> result.oracle().gap());
        rows.add(new Row(
                degradation,
                method,
                good.size(),
                failed,
                summary(values(good, result -> result.scores().psnr())),
                summary(values(good, result -> result.scores().ssim())),
                summary(values(good, result -> result.scores().lpips())),
                seedSpread(good),
                summary(values(good, result -> result.effort().seconds())),
                summary(values(good, result -> (double) result.effort().iteration())),
                summary(values(good, result -> result.oracle().psnr())),
                summary(gaps),
                gaps.isEmpty() ? null : new Summary(gaps.stream().mapToDouble(g -> g).max().orElseThrow(), null, gaps.size()),
                method.equals(baseline) ? null : against(trials, others)));
    }

    private static List<Double> values(List<TrialResult> results, Function<TrialResult, Double> value) {
        return results.stream().map(value).filter(Objects::nonNull).toList();
    }

    private static Summary summary(List<Double> values) {
        return values.isEmpty() ? null : Summary.of(values);
    }

    /** The deviation over the seeds of each picture that has several; null if none has. */
    private static Summary seedSpread(List<TrialResult> results) {
        Map<String, List<Double>> seeds = new LinkedHashMap<>();
        for (TrialResult result : results)
            seeds.computeIfAbsent(result.picture(), picture -> new ArrayList<>())
                    .add(result.scores().psnr());
        List<Double> spreads = seeds.values().stream()
                .filter(values -> values.size() > 1)
                .map(values -> Summary.of(values).spread())
                .toList();
        return summary(spreads);
    }

    /** Trials of equal picture and seed, pair by pair; null where there is no pair. */
    private Against against(List<Trial> trials, List<Trial> others) {
        List<Double> differences = new ArrayList<>();
        for (Trial trial : trials)
            for (Trial other : others) {
                if (other.seed() != trial.seed() || !other.picture().equals(trial.picture())) continue;
                TrialResult own = results.get(trial.id()), base = results.get(other.id());
                if (own != null && base != null && own.succeeded() && base.succeeded())
                    differences.add(own.scores().psnr() - base.scores().psnr());
            }
        if (differences.isEmpty()) return null;
        int wins = (int) differences.stream().filter(d -> d > 0).count();
        SignedRankTest test = SignedRankTest.of(differences.stream().mapToDouble(d -> d).toArray());
        return new Against(Summary.of(differences), wins, test);
    }

    /** What a reader must know. */
    List<String> notes(Study study) {
        List<String> notes = new ArrayList<>();
        if (open > 0) notes.add("Not finished: " + open + " trials.");
        failures.forEach(failure -> notes.add("Failed: " + failure));
        Scoring scoring = study.scoring();
        notes.add("PSNR and SSIM (Gaussian window) of 8-bit values"
                + (scoring.colour() == Scoring.Colour.LUMA ? ", of luma (BT.601)" : ", over all channels")
                + (scoring.border() > 0 ? ", without " + scoring.border() + " pixels of border" : "")
                + "; means over pictures and seeds ± one standard deviation. \"± over seeds\" is the deviation over the seeds"
                + " of one picture.");
        notes.add("The oracle knows the truth and picks the best iteration of the same fit: no method is told. The gap is what"
                + " the method's own choice lost against it.");
        int parallel = study.plan().parallel();
        notes.add(parallel == 1
                ? "One trial at a time, with all engine threads."
                : parallel + " trials at the same time, with one engine thread each.");
        if (!baseline.isEmpty())
            notes.add("Against " + baseline + ": mean difference of PSNR over pairs of equal picture and seed, pairs in which"
                    + " the method is better, p of Wilcoxon's signed-rank test, two-sided, not corrected for the number of"
                    + " methods. Seeds of one picture are not independent pictures.");
        return notes;
    }
}
