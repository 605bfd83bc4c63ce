package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.metric.Ssim;
import java.util.Set;

/**
 * The mean structural similarity of pairs.
 *
 * @param key its name: {@code ssim} or {@code ssimUniform}
 * @param title in sentences
 */
record SsimScorer(String key, String title, Ssim ssim) implements Scorer {
    @Override
    public Set<Need> needs() {
        return Set.of(Need.PAIRS);
    }

    @Override
    public PairTally tally(Judge.Plan plan) {
        return PairTally.mean(key, ssim::between);
    }

    @Override
    public String words(Scores scores) {
        return scores.has("pairs." + key) ? Scorer.format("%s %.4f", title, scores.number("pairs." + key)) : "";
    }
}
