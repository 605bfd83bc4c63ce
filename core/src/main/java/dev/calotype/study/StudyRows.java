package dev.calotype.study;

import dev.calotype.restoration.Scoring;
import dev.calotype.settings.Summary;
import dev.calotype.study.StudyTable.Against;
import dev.calotype.study.StudyTable.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** Makes the rows of a table of results. */
final class StudyRows {
    private record Key(String degradation, String method) {}

    private final String baseline;
    private final Map<Key, List<TrialResult>> cells = new LinkedHashMap<>();
    private final Map<Key, Integer> failed = new HashMap<>();
    private final Set<String> failures = new LinkedHashSet<>();
    private int open;

    StudyRows(String baseline) {
        this.baseline = baseline;
    }

    /** Takes up a trial; null for one that is not done. */
    void add(Trial trial, TrialResult result) {
        String method = trial.method().label();
        Key key = new Key(trial.degradation(), method);
        List<TrialResult> cell = cells.computeIfAbsent(key, k -> new ArrayList<>());
        if (result == null) open++;
        else if (result.succeeded()) {
            cell.add(result);
            for (TrialResult other : result.others())
                cells.computeIfAbsent(new Key(trial.degradation(), other.method()), k -> new ArrayList<>())
                        .add(other);
        } else {
            failed.merge(key, 1, Integer::sum);
            failures.add(method + " on " + trial.picture() + ", " + trial.degradation() + ", seed " + trial.seed()
                    + ": " + result.failure());
        }
    }

    /** By degradation, in the order of the methods. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        Set<String> degradations = new LinkedHashSet<>();
        cells.keySet().forEach(key -> degradations.add(key.degradation()));
        for (String degradation : degradations)
            cells.forEach((key, results) -> {
                if (key.degradation().equals(degradation)) rows.add(row(key, results));
            });
        return List.copyOf(rows);
    }

    private Row row(Key key, List<TrialResult> results) {
        List<Double> gaps = values(results, result -> result.oracle().gap());
        double worst = gaps.stream().mapToDouble(gap -> gap).max().orElse(Double.NaN);
        boolean own = key.method().equals(baseline);
        return new Row(
                key.degradation(),
                key.method(),
                results.size(),
                failed.getOrDefault(key, 0),
                summary(values(results, result -> result.scores().psnr())),
                summary(values(results, result -> result.scores().ssim())),
                summary(values(results, result -> result.scores().lpips())),
                seedSpread(results),
                summary(values(results, result -> result.scores().drawSpread())),
                summary(values(results, result -> result.effort().seconds())),
                summary(values(results, result -> (double) result.effort().iteration())),
                summary(values(results, result -> result.oracle().psnr())),
                summary(gaps),
                gaps.isEmpty() ? null : new Summary(worst, null, gaps.size()),
                own ? null : against(results, cells.getOrDefault(new Key(key.degradation(), baseline), List.of())));
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
                .filter(Objects::nonNull)
                .toList();
        return summary(spreads);
    }

    /** Results of equal picture and seed, pair by pair; null where there is no pair. */
    private static Against against(List<TrialResult> results, List<TrialResult> others) {
        List<Double> differences = new ArrayList<>();
        for (TrialResult own : results)
            for (TrialResult other : others)
                if (other.seed() == own.seed() && other.picture().equals(own.picture()))
                    differences.add(
                            difference(own.scores().psnr(), other.scores().psnr()));
        if (differences.isEmpty()) return null;
        int wins = (int) differences.stream().filter(d -> d > 0).count();
        SignedRankTest test =
                SignedRankTest.of(differences.stream().mapToDouble(d -> d).toArray());
        return new Against(Summary.of(differences), wins, test);
    }

    /** Of what is equal 0, also where both restored a picture to the last bit and their PSNR is infinite. */
    private static double difference(double own, double other) {
        return own == other ? 0 : own - other;
    }

    /** What a reader must know. */
    List<String> notes(Study study) {
        List<String> notes = new ArrayList<>();
        if (open > 0) notes.add("Not finished: " + open + " trials.");
        failures.forEach(failure -> notes.add("Failed: " + failure));
        Scoring scoring = study.scoring();
        notes.add(
                "PSNR and SSIM (Gaussian window) of 8-bit values"
                        + (scoring.colour() == Scoring.Colour.LUMA ? ", of luma (BT.601)" : ", over all channels")
                        + (scoring.border() > 0 ? ", without " + scoring.border() + " pixels of border" : "")
                        + "; means over pictures and seeds ± one standard deviation. \"± over seeds\" is the deviation over the seeds"
                        + " of one picture, \"± between draws\" that between the draws whose mean an estimate is, in units of 0..255.");
        notes.add(
                "The oracle knows the truth and picks the best iteration of the same fit: no method is told. The gap is what"
                        + " the method's own choice lost against it.");
        int parallel = study.plan().parallel();
        notes.add(
                parallel == 1
                        ? "One trial at a time, with all engine threads."
                        : parallel + " trials at the same time, with one engine thread each.");
        if (!baseline.isEmpty())
            notes.add("Against " + baseline
                    + ": mean difference of PSNR over pairs of equal picture and seed, pairs in which"
                    + " the method is better, p of Wilcoxon's signed-rank test, two-sided, not corrected for the number of"
                    + " methods. Seeds of one picture are not independent pictures.");
        return notes;
    }
}
