package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.metric.FeatureReservoir;
import dev.calotype.metric.FidInterval;
import java.util.List;
import java.util.Set;

/** {@code fidLow} and {@code fidHigh}: the bounds at 95 % for other pictures of the same model, as many. */
record FidIntervalScorer() implements Scorer {
    @Override
    public Set<Need> needs() {
        return Set.of(Need.FEATURES, Need.RANK, Need.GENERATED_SINGLES);
    }

    @Override
    public void requireEnough(long generated) {
        FidInterval.requireEnough(generated);
    }

    @Override
    public Scores score(Sight sight) {
        FidInterval interval = sight.comparison().fidInterval();
        FeatureReservoir held = sight.fake().features().reservoir();
        if (held.seen() > held.size())
            sight.caveats()
                    .add("The interval of the FID is that of " + held.size()
                            + " generated pictures drawn at random from " + held.seen()
                            + ", whose FID is another than that of all, mostly higher.");
        return Scores.NONE.with("fidLow", interval.low()).with("fidHigh", interval.high());
    }

    @Override
    public List<Score> columns() {
        return List.of(
                Score.of("fid-low", "FID from", Score.Better.NEITHER, "fidLow"),
                Score.of("fid-high", "FID to", Score.Better.NEITHER, "fidHigh"));
    }

    @Override
    public String words(Scores scores) {
        if (!scores.has("fidLow")) return "";
        return Scorer.format(
                "FID of other images %.3f to %.3f (95 %%)", scores.number("fidLow"), scores.number("fidHigh"));
    }
}
