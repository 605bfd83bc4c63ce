package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import java.util.Set;

/** {@code inceptionScore}: the mean and the deviation over the splits of the Inception Score of the generated pictures. */
record InceptionScorer() implements Scorer {
    @Override
    public Set<Need> needs() {
        return Set.of(Need.CLASSES);
    }

    @Override
    public Scores score(Sight sight) {
        return Scores.NONE.with("inceptionScore", sight.fake().inceptionScore());
    }

    @Override
    public String words(Scores scores) {
        if (!scores.has("inceptionScore")) return "";
        return Scorer.format(
                "Inception Score %.3f (deviation %.3f)",
                scores.number("inceptionScore.mean"), scores.number("inceptionScore.deviation"));
    }
}
