package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import java.util.List;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Tensor;

/** Gathers what one measure finds in pair after pair. */
interface PairTally {
    /** Adds a pair, uint8 (1, C, H, W) each. */
    void add(Tensor truth, Tensor picture);

    /**
     * What was found in all pairs.
     *
     * @param caveats to which is added what a reader must know
     */
    Scores scores(List<String> caveats);

    /** The mean of what {@code between} finds. */
    static PairTally mean(String name, BiFunction<Tensor, Tensor, double[]> between) {
        return new PairTally() {
            private double sum;
            private int count;

            @Override
            public void add(Tensor truth, Tensor picture) {
                sum += between.apply(truth, picture)[0];
                count++;
            }

            @Override
            public Scores scores(List<String> caveats) {
                return Scores.NONE.with(name, sum / count);
            }
        };
    }
}
