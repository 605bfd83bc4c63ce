package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.metric.Fid;
import java.util.List;
import java.util.Set;

/** {@code sfid}: the Frechet distance of spatial features (Nash et al. 2021), as guided-diffusion's evaluator takes them. */
record SpatialFidScorer() implements Scorer {
    @Override
    public Set<Need> needs() {
        return Set.of(Need.FEATURES, Need.RANK, Need.SPATIAL);
    }

    @Override
    public Scores score(Sight sight) {
        Fid distance = Fid.between(sight.reference().spatial(), sight.fake().spatial());
        return Scores.NONE.with("sfid", distance.value());
    }

    @Override
    public List<Score> columns() {
        return List.of(Score.of("sfid", "sFID", Score.Better.LOWER, "sfid"));
    }

    @Override
    public String words(Scores scores) {
        return scores.has("sfid") ? Scorer.format("sFID %.3f", scores.number("sfid")) : "";
    }
}
