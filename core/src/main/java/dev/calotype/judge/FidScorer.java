package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code fid}: the Frechet distance of all pictures. */
record FidScorer() implements Scorer {
    @Override
    public Set<Need> needs() {
        return Set.of(Need.FEATURES, Need.RANK);
    }

    @Override
    public Scores score(Sight sight) {
        sight.caveats().addAll(sight.comparison().fidCaveats());
        return Scores.NONE.with("fid", sight.comparison().fid().value());
    }

    @Override
    public List<Score> columns() {
        return List.of(Score.of("fid", "FID", Score.Better.LOWER, "fid"));
    }

    @Override
    public String words(Scores scores) {
        return scores.has("fid") ? Scorer.format("FID %.3f", scores.number("fid")) : "";
    }

    @Override
    public Map<String, String> facts(Scores scores) {
        if (!scores.has("fid")) return Map.of();
        return Map.of("FID", Scorer.format("%.3f (lower is better)", scores.number("fid")));
    }
}
