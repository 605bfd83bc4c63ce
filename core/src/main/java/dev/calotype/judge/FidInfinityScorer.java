package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.metric.FidInfinity;
import java.util.Set;

/** {@code fidInfinity}: the FID of infinitely many generated pictures, and the standard error of the line. */
record FidInfinityScorer() implements Scorer {
    private record Extrapolated(double value, double standardError) {}

    @Override
    public Set<Need> needs() {
        return Set.of(Need.FEATURES, Need.RANK, Need.GENERATED_SINGLES);
    }

    @Override
    public Scores score(Sight sight) {
        FidInfinity found = sight.comparison().fidInfinity();
        return Scores.NONE.with("fidInfinity", new Extrapolated(found.value(), found.standardError()));
    }

    @Override
    public String words(Scores scores) {
        if (!scores.has("fidInfinity")) return "";
        return Scorer.format(
                "FID-infinity %.3f (standard error %.3f)",
                scores.number("fidInfinity.value"), scores.number("fidInfinity.standardError"));
    }
}
