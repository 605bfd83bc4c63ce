package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.metric.Mmd;
import java.util.Set;

/** {@code mmd}: the unbiased discrepancy with a Gaussian kernel, and the width of the kernel. */
record MmdScorer() implements Scorer {
    private record KernelDistance(double value, double bandwidth) {}

    @Override
    public Set<Need> needs() {
        return Set.of(Need.FEATURES, Need.SINGLES);
    }

    @Override
    public Scores score(Sight sight) {
        Mmd found = sight.comparison().mmd();
        return Scores.NONE.with("mmd", new KernelDistance(found.value(), found.bandwidth()));
    }

    @Override
    public String words(Scores scores) {
        if (!scores.has("mmd")) return "";
        return Scorer.format("MMD %.5f (bandwidth %.3g)", scores.number("mmd.value"), scores.number("mmd.bandwidth"));
    }
}
