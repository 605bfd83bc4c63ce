package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.metric.PrecisionRecall;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code precision}, {@code recall}, {@code density}, and {@code neighbourCoverage}, the share of real pictures with a
 * generated neighbour (Naeem et al. 2020).
 */
record ManifoldScorer() implements Scorer {
    @Override
    public Set<Need> needs() {
        return Set.of(Need.FEATURES, Need.SINGLES);
    }

    @Override
    public Scores score(Sight sight) {
        PrecisionRecall found = sight.comparison().manifold();
        return Scores.NONE
                .with("precision", found.precision())
                .with("recall", found.recall())
                .with("density", found.density())
                .with("neighbourCoverage", found.coverage());
    }

    @Override
    public List<Score> columns() {
        return List.of(
                Score.of("precision", "precision", Score.Better.HIGHER, "precision"),
                Score.of("recall", "recall", Score.Better.HIGHER, "recall"),
                Score.of("density", "density", Score.Better.HIGHER, "density"),
                Score.of("neighbour-coverage", "neighbour coverage", Score.Better.HIGHER, "neighbourCoverage"));
    }

    @Override
    public String words(Scores scores) {
        if (!scores.has("precision")) return "";
        return Scorer.format(
                "precision %.3f, recall %.3f, density %.3f, coverage of neighbours %.3f",
                scores.number("precision"),
                scores.number("recall"),
                scores.number("density"),
                scores.number("neighbourCoverage"));
    }

    @Override
    public Map<String, String> facts(Scores scores) {
        Map<String, String> facts = new LinkedHashMap<>();
        if (!scores.has("precision")) return facts;
        facts.put(
                "Precision / recall",
                Scorer.format("%.3f / %.3f (1 is best)", scores.number("precision"), scores.number("recall")));
        facts.put(
                "Density / coverage",
                Scorer.format("%.3f / %.3f", scores.number("density"), scores.number("neighbourCoverage")));
        return facts;
    }
}
