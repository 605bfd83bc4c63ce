package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Knows the truth and chooses the estimate nearest to it: for reports, to tell what a rule has missed, and for nothing
 * else.
 *
 * @param truth fp32 (1, C, H, W) in [-1, 1], borrowed
 * @param longest iterations
 */
record Oracle(Tensor truth, int longest) implements StoppingRule {
    public Oracle {
        if (longest < 1) throw new IllegalArgumentException("longest must be at least 1: " + longest);
    }

    @Override
    public Follower start(Observation observation, Rng rng) {
        LeastSoFar error = new LeastSoFar(Integer.MAX_VALUE);
        return frame -> error.judge(Scope.read(
                () -> Tensors.clip(frame.smoothed()).sub(truth).square().mean().item_double()));
    }
}
