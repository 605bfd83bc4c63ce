package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.metric.Lpips;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/** {@code pairs.lpips}: the mean learned perceptual distance of pairs, by {@code pairs.lpipsNetwork} with its hash. */
record LpipsScorer() implements Scorer {
    @Override
    public Set<Need> needs() {
        return Set.of(Need.PAIRS);
    }

    @Override
    public PairTally tally(Judge.Plan plan) {
        PairTally mean = PairTally.mean("lpips", new Lpips(plan.perceptual())::between);
        return new PairTally() {
            @Override
            public void add(Tensor truth, Tensor picture) {
                mean.add(truth, picture);
            }

            @Override
            public Scores scores(List<String> caveats) {
                return mean.scores(caveats)
                        .with(
                                "lpipsNetwork",
                                plan.perceptual().name() + " "
                                        + plan.perceptual().hash());
            }
        };
    }

    @Override
    public String words(Scores scores) {
        if (!scores.has("pairs.lpips")) return "";
        return Scorer.format("LPIPS %.4f (%s)", scores.number("pairs.lpips"), scores.text("pairs.lpipsNetwork"));
    }
}
