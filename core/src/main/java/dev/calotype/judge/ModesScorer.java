package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which known attributes or classes are shown: {@code coverage} is the share of their values that occur, {@code
 * evenCoverage} of those that occur at least half as often as they should, {@code entropy} that of the classes in nats,
 * {@code shares} how often each value occurs, by attribute.
 */
record ModesScorer() implements Scorer {
    @Override
    public Set<Need> needs() {
        return Set.of(Need.FEATURES, Need.SINGLES, Need.MODES);
    }

    @Override
    public Scores score(Sight sight) {
        return sight.fake().modes(sight.reference());
    }

    @Override
    public List<Score> columns() {
        return List.of(
                Score.of("coverage", "values shown", Score.Better.HIGHER, "coverage"),
                Score.of("even-coverage", "values shown evenly", Score.Better.HIGHER, "evenCoverage"));
    }

    @Override
    public String words(Scores scores) {
        if (!scores.has("coverage")) return "";
        String even = Scorer.format(
                "coverage %.1f %% (even %.1f %%)",
                100 * scores.number("coverage"), 100 * scores.number("evenCoverage"));
        if (!scores.has("entropy")) return even;
        return even + Scorer.format(", class entropy %.3f nats", scores.number("entropy"));
    }

    @Override
    public Map<String, String> facts(Scores scores) {
        if (!scores.has("coverage")) return Map.of();
        return Map.of(
                "Values shown",
                Scorer.format(
                        "%.1f %%; at least half as often as they should: %.1f %%",
                        100 * scores.number("coverage"), 100 * scores.number("evenCoverage")));
    }
}
