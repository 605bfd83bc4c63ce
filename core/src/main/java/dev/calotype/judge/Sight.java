package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.judge.PictureSource.Summarised;
import dev.calotype.judge.Scorer.Need;
import dev.calotype.metric.Comparison;
import java.util.List;

/**
 * Two sides that have been seen.
 *
 * @param judge who has seen them
 * @param plan what is to be computed
 * @param generated the one side, {@code fake} what was seen of it
 * @param real the other side, {@code reference} what was seen of it
 * @param caveats to which is added what a reader must know
 */
record Sight(
        Judge judge,
        Judge.Plan plan,
        PictureSource generated,
        PictureSource real,
        Side fake,
        Side reference,
        List<String> caveats) {
    /** Both sides in the eyes of the network. */
    Comparison comparison() {
        return Comparison.of(reference.features(), fake.features());
    }

    /** Of how many pictures of each side the scores are. */
    Judgement.Counts counts(Scores scores) {
        if (!plan.sets()) {
            long pairs = Long.parseLong(scores.text("pairs.count"));
            return new Judgement.Counts(pairs, pairs);
        }
        if (plan.needs(Need.FEATURES)) {
            Comparison comparison = comparison();
            return new Judgement.Counts(known(generated, comparison.fakeCount()), known(real, comparison.realCount()));
        }
        return new Judgement.Counts(
                fake.shown() > 0 ? fake.shown() : Math.min(plan.images(), generated.available()),
                reference.shown() > 0 ? reference.shown() : Math.min(plan.references(), real.available()));
    }

    /** 0 where nobody knows. */
    private static long known(PictureSource side, long count) {
        return side instanceof Summarised statistics ? statistics.file().count() : count;
    }
}
