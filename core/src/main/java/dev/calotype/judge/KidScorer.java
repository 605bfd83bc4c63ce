package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.metric.Kid;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code kid}: unbiased, of all features held; {@code kidLow} and {@code kidHigh} bound it at 95 %. */
record KidScorer() implements Scorer {
    @Override
    public Set<Need> needs() {
        return Set.of(Need.FEATURES, Need.SINGLES);
    }

    @Override
    public Scores score(Sight sight) {
        Kid kid = sight.comparison().kid();
        return Scores.NONE.with("kid", kid.value()).with("kidLow", kid.low()).with("kidHigh", kid.high());
    }

    @Override
    public List<Score> columns() {
        return List.of(
                Score.of("kid", "KID", Score.Better.LOWER, "kid"),
                Score.of("kid-low", "KID from", Score.Better.NEITHER, "kidLow"),
                Score.of("kid-high", "KID to", Score.Better.NEITHER, "kidHigh"));
    }

    @Override
    public String words(Scores scores) {
        if (!scores.has("kid")) return "";
        return Scorer.format(
                "KID %.4f [%.4f, %.4f]", scores.number("kid"), scores.number("kidLow"), scores.number("kidHigh"));
    }

    @Override
    public Map<String, String> facts(Scores scores) {
        if (!scores.has("kid")) return Map.of();
        return Map.of(
                "KID",
                Scorer.format(
                        "%.4f, 95 %% interval %.4f to %.4f",
                        scores.number("kid"), scores.number("kidLow"), scores.number("kidHigh")));
    }
}
