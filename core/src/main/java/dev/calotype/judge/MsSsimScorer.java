package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.metric.MsSsim;
import java.util.List;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/** {@code pairs.msSsim}: the mean structural similarity of pairs over several scales, at least {@code pairs.msSsimScales}. */
record MsSsimScorer() implements Scorer {
    @Override
    public Set<Need> needs() {
        return Set.of(Need.PAIRS);
    }

    @Override
    public PairTally tally(Judge.Plan plan) {
        return new PairTally() {
            private double sum;
            private int count;
            private int least = Integer.MAX_VALUE;
            private int most;

            @Override
            public void add(Tensor truth, Tensor picture) {
                MsSsim scales = MsSsim.fitting(truth.size(2), truth.size(3));
                least = Math.min(least, scales.scales());
                most = Math.max(most, scales.scales());
                sum += scales.between(truth, picture)[0];
                count++;
            }

            @Override
            public Scores scores(List<String> caveats) {
                if (most > least)
                    caveats.add("MS-SSIM is over " + least + " to " + most
                            + " scales, as the sizes of pictures allow: such numbers compare with each other only.");
                return Scores.NONE.with("msSsim", sum / count).with("msSsimScales", least);
            }
        };
    }

    @Override
    public String words(Scores scores) {
        if (!scores.has("pairs.msSsim")) return "";
        return Scorer.format(
                "MS-SSIM %.4f (%s scales)", scores.number("pairs.msSsim"), scores.text("pairs.msSsimScales"));
    }
}
