package dev.calotype.train;

/**
 * How often a penalty has an update of its own, between those by the loss (lazy regularisation, Karras et al. 2020,
 * arXiv:1912.04958, appendix B).
 *
 * @param every how many updates by the loss go with one by the penalty; 0 for no update by the penalty ever
 */
record Lazy(int every) {
    static final Lazy NEVER = new Lazy(0);

    /** Whether the penalty has an update before number {@code step} by the loss, counted from 1. */
    boolean due(long step) {
        return every > 0 && step % every == 0;
    }

    /** The number of all updates, number {@code step} by the loss the last of them. */
    long updates(long step) {
        return every == 0 ? step : step + step / every;
    }

    /** The share of its usual way that each update goes, so that the more of them go as far: c = k / (k + 1). */
    double pace() {
        return every == 0 ? 1 : every / (every + 1.0);
    }
}
