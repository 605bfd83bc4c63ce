package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.metric.Psnr;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/**
 * {@code pairs.psnr} in dB, absent if it is infinite, since pairs are equal; then {@code pairs.psnrOfOthers} is that of the
 * pairs that differ.
 */
record PsnrScorer() implements Scorer {
    @Override
    public Set<Need> needs() {
        return Set.of(Need.PAIRS);
    }

    @Override
    public PairTally tally(Judge.Plan plan) {
        return new PairTally() {
            private double sum;
            private int different;
            private int equal;

            @Override
            public void add(Tensor truth, Tensor picture) {
                double psnr = Psnr.between(truth, picture)[0];
                if (Double.isInfinite(psnr)) equal++;
                else {
                    sum += psnr;
                    different++;
                }
            }

            @Override
            public Scores scores(List<String> caveats) {
                if (different == 0) return Scores.NONE;
                return Scores.NONE.with(equal == 0 ? "psnr" : "psnrOfOthers", sum / different);
            }
        };
    }

    @Override
    public String words(Scores scores) {
        if (scores.has("pairs.psnr")) return Scorer.format("PSNR %.3f dB", scores.number("pairs.psnr"));
        boolean others = scores.has("pairs.psnrOfOthers");
        boolean infinite = scores.has("pairs") && scores.text("pairs.identical").equals(scores.text("pairs.count"));
        if (!others && !infinite) return "";
        String ofOthers = !others ? "" : Scorer.format(", the others %.3f dB", scores.number("pairs.psnrOfOthers"));
        return "PSNR infinite (" + scores.text("pairs.identical") + " of " + scores.text("pairs.count")
                + " pairs identical" + ofOthers + ")";
    }
}
