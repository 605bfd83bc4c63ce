package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.metric.NearestNeighbours;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * {@code memorization}: whether generated pictures repeat real ones. {@code authenticity} is the share of them that are
 * farther from the real set than its nearest picture is, {@code copies} of those less than a third as far, {@code nearest}
 * the pictures with the least ratio of these distances.
 */
record MemorizationScorer() implements Scorer {
    private static final int SUSPECTS = 10;

    private record Memorization(double authenticity, double copies, List<Suspect> nearest) {}

    /** A generated picture and the real one that it is nearest to. */
    private record Suspect(String picture, String real, double distance, double ratio) {}

    @Override
    public Set<Need> needs() {
        return Set.of(Need.FEATURES, Need.SINGLES);
    }

    @Override
    public Scores score(Sight sight) {
        NearestNeighbours found = sight.comparison().nearestNeighbours();
        long[] fake = sight.fake().features().reservoir().positions(),
                real = sight.reference().features().reservoir().positions();
        List<Suspect> suspects = new ArrayList<>();
        for (int i : found.suspects(SUSPECTS))
            suspects.add(new Suspect(
                    sight.generated().picture(sight.fake().position(fake[i])),
                    sight.real().picture(sight.reference().position(real[found.indices()[i][0]])),
                    found.distances()[i][0],
                    found.ratios()[i]));
        return Scores.NONE.with("memorization", new Memorization(found.authenticity(), found.copies(), suspects));
    }

    @Override
    public List<Score> columns() {
        return List.of(Score.of("copies", "copies", Score.Better.LOWER, "memorization.copies"));
    }

    @Override
    public String words(Scores scores) {
        if (!scores.has("memorization")) return "";
        return Scorer.format(
                "authenticity %.3f, copies %.3f",
                scores.number("memorization.authenticity"), scores.number("memorization.copies"));
    }
}
