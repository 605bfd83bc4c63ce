package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Stops where the exponentially weighted variance of the estimates is least (ES-EMV; Wang et al. 2023,
 * arXiv:2112.06074), with the memory of one picture:
 * <pre>
 *     v ← (1 - α) (v + α |x - m|²),    m ← m + α (x - m)
 * </pre>
 *
 * @param signal the estimates; the paper takes the outputs
 * @param alpha α in (0, 1); 0.1 in the paper
 * @param patience iterations without a smaller variance, at least 1
 * @param longest iterations at most
 */
public record EsEmv(RuleSignal signal, double alpha, int patience, int longest) implements StoppingRule {
    public EsEmv {
        if (!(alpha > 0 && alpha < 1)) throw new IllegalArgumentException("alpha must be in (0, 1): " + alpha);
        if (patience < 1) throw new IllegalArgumentException("patience must be at least 1: " + patience);
        if (longest < 1) throw new IllegalArgumentException("longest must be at least 1: " + longest);
    }

    /** That of the paper: α of 0.1, patience of 1000, 5000 iterations at most. */
    public static EsEmv published() {
        return new EsEmv(RuleSignal.OUTPUT, 0.1, 1000, 5000);
    }

    @Override
    public Follower start(Observation observation, Rng rng) {
        return new Moving();
    }

    private final class Moving implements Follower {
        private final LeastSoFar least = new LeastSoFar(patience);
        private final int settled = (int) Math.ceil(2 / alpha);
        private Tensor mean;
        private double variance;
        private int count;

        @Override
        public Verdict judge(Watcher.Frame frame) {
            Tensor x = signal.of(frame);
            if (mean == null) mean = Scope.keep(x::clone);
            Tensor off = x.sub(mean);
            variance = (1 - alpha) * (variance + alpha * off.square().mean().item_double());
            mean.add_(off, new Scalar(alpha));
            return ++count < settled ? Verdict.GO_ON : least.judge(variance);
        }

        @Override
        public void close() {
            if (mean != null) mean.close();
        }
    }
}
