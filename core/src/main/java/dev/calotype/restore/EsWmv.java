package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Stops where the variance of the estimates within a window is least (ES-WMV; Wang et al. 2023, arXiv:2112.06074): they
 * move fast while the picture is learned, and again when the noise is.
 *
 * <p>Of large pictures a regular grid of pixels is kept, so that the window takes at most 4 bytes times 2^17 times its
 * length.
 *
 * @param signal the estimates; the paper takes the outputs
 * @param window iterations, at least 2; 100 in the paper
 * @param patience iterations without a smaller variance, at least 1; 1000 in the paper
 * @param longest iterations at most
 */
public record EsWmv(RuleSignal signal, int window, int patience, int longest) implements StoppingRule {
    private static final long MOST_VALUES = 1 << 17;

    public EsWmv {
        if (window < 2 || window > 10_000) throw new IllegalArgumentException("window must be in 2..10000: " + window);
        if (patience < 1) throw new IllegalArgumentException("patience must be at least 1: " + patience);
        if (longest < 1) throw new IllegalArgumentException("longest must be at least 1: " + longest);
    }

    /** That of the paper: a window of 100, patience of 1000, 5000 iterations at most. */
    public static EsWmv published() {
        return new EsWmv(RuleSignal.OUTPUT, 100, 1000, 5000);
    }

    @Override
    public Follower start(Observation observation, Rng rng) {
        return new Window();
    }

    private final class Window implements Follower {
        private final LeastSoFar variance = new LeastSoFar(patience);
        private Tensor rows; // (window, values)
        private long count;

        @Override
        public Verdict judge(Watcher.Frame frame) {
            Tensor values = thinned(signal.of(frame)); // (values)
            if (rows == null) rows = Scope.keep(() -> torch.zeros(window, values.numel()));
            rows.select(0, count++ % window).copy_(values);
            if (count < window) return Verdict.GO_ON;
            Tensor mean = rows.mean(0); // (values)
            return variance.judge(rows.sub(mean).square_().mean().item_double());
        }

        @Override
        public void close() {
            if (rows != null) rows.close();
        }
    }

    private static Tensor thinned(Tensor x) {
        long step = 1;
        while (x.numel() / (step * step) > MOST_VALUES) step++;
        return every(every(x, 2, step), 3, step).reshape(-1);
    }

    private static Tensor every(Tensor x, long dimension, long step) {
        return step == 1
                ? x
                : x.index_select(
                        dimension, torch.arange(new Scalar(0), new Scalar(x.size(dimension)), new Scalar(step)));
    }
}
