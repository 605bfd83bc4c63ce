package dev.calotype.restore;

import dev.calotype.tensor.Rng;

/**
 * Ends after a number of iterations, with the last estimate.
 *
 * @param iterations at least 1
 */
public record FixedCount(int iterations) implements StoppingRule {
    public FixedCount {
        if (iterations < 1) throw new IllegalArgumentException("iterations must be at least 1: " + iterations);
    }

    @Override
    public Follower start(Observation observation, Rng rng) {
        return frame -> frame.iteration() >= iterations ? Verdict.BEST_AND_STOP : Verdict.BEST;
    }

    @Override
    public int longest() {
        return iterations;
    }
}
