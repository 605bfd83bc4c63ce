package dev.calotype.restore;

/** Waits for the least of a sequence of numbers: until {@code patience} numbers in a row were no smaller. */
final class LeastSoFar {
    private final int patience;
    private double least = Double.POSITIVE_INFINITY;
    private int since;

    LeastSoFar(int patience) {
        if (patience < 1) throw new IllegalArgumentException("patience must be at least 1: " + patience);
        this.patience = patience;
    }

    StoppingRule.Verdict judge(double value) {
        if (value < least) {
            least = value;
            since = 0;
            return StoppingRule.Verdict.BEST;
        }
        return ++since >= patience ? StoppingRule.Verdict.STOP : StoppingRule.Verdict.GO_ON;
    }
}
