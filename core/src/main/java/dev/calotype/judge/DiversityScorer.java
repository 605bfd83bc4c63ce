package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.metric.Comparison;
import dev.calotype.metric.Diversity;
import dev.calotype.metric.MsSsim;
import dev.calotype.metric.Variety;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.List;
import java.util.Set;

/** {@code diversity}: how different the generated pictures are from each other ({@link Variety}). */
record DiversityScorer() implements Scorer {
    private static final int SIMILARITY_PAIRS = 500;

    @Override
    public Set<Need> needs() {
        return Set.of(Need.FEATURES, Need.SINGLES, Need.PIXELS);
    }

    @Override
    public Scores score(Sight sight) {
        Comparison comparison = sight.comparison();
        PixelStore pixels = sight.fake().pixels();
        int size = sight.plan().preparation().size();
        MsSsim scales = MsSsim.fitting(size, size);
        boolean fits = size >= scales.smallest();
        Double similarity = !fits
                ? null
                : Scope.read(() -> Diversity.meanSimilarity(
                        pixels.tensor(0, pixels.size()),
                        SIMILARITY_PAIRS,
                        Rng.of(sight.judge().protocol().seed())));
        return Scores.NONE.with(
                "diversity",
                new Variety(
                        comparison.fakeDiversity(),
                        comparison.realDiversity(),
                        similarity,
                        fits ? scales.scales() : null));
    }

    /** Of two drawn images in features, in units of that of two real ones. */
    @Override
    public List<Score> columns() {
        return List.of(new Score("diversity", "diversity", Score.Better.NEITHER, DiversityScorer::relative));
    }

    private static Double relative(Scores scores) {
        if (!scores.has("diversity")) return null;
        return scores.number("diversity.featureDistance") / scores.number("diversity.realFeatureDistance");
    }

    @Override
    public String words(Scores scores) {
        if (!scores.has("diversity")) return "";
        return Scorer.format(
                "diversity %.3f (real %.3f)",
                scores.number("diversity.featureDistance"), scores.number("diversity.realFeatureDistance"));
    }
}
