package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Keeps some observed pixels from the fit and stops where it predicts them best. Where the noise of pixels is
 * independent, the expected error on them is that of the picture plus a constant, so its least is the best estimate.
 * Where noise is shared between neighbours, as in JPEG, the fit knows of the held-out noise, and the rule stops late.
 *
 * <p>The error of single iterations jumps, so that a moving average of it is compared.
 *
 * @param signal the estimates that are judged
 * @param share of the pixels that are held out, in (0, 0.5]
 * @param decay of the average of errors, in [0, 1); 0 for none
 * @param patience iterations without a smaller error, at least 1
 * @param longest iterations at most
 */
public record HeldOutPixels(RuleSignal signal, double share, double decay, int patience, int longest)
        implements StoppingRule {
    public HeldOutPixels {
        if (!(share > 0 && share <= 0.5)) throw new IllegalArgumentException("share must be in (0, 0.5]: " + share);
        if (!(decay >= 0 && decay < 1)) throw new IllegalArgumentException("decay must be in [0, 1): " + decay);
        if (patience < 1) throw new IllegalArgumentException("patience must be at least 1: " + patience);
        if (longest < 1) throw new IllegalArgumentException("longest must be at least 1: " + longest);
    }

    /** With errors averaged with decay 0.9. */
    public HeldOutPixels(RuleSignal signal, double share, int patience, int longest) {
        this(signal, share, 0.9, patience, longest);
    }

    /** One pixel of twenty, the smoothed output, errors averaged with decay 0.9, patience of 1000 and 5000 iterations at most. */
    public static HeldOutPixels usual() {
        return new HeldOutPixels(RuleSignal.SMOOTHED, 0.05, 1000, 5000);
    }

    @Override
    public Follower start(Observation observation, Rng rng) {
        return new Held(observation, rng);
    }

    private final class Held implements Follower {
        private final LeastSoFar least = new LeastSoFar(patience);
        private final Observation observation;
        private final Tensor visible; // (1, 1, H', W')
        private final boolean parted;
        private double error = Double.NaN;

        Held(Observation observation, Rng rng) {
            this.observation = observation;
            LinearOperator.Size size = LinearOperator.Size.of(observation.image());
            visible = Scope.keep(() -> Tensors.as(
                    rng.uniform(1, 1, size.height(), size.width()).ge(new Scalar(share)), observation.image()));
            double seen = Scope.read(() -> visible.sum().item_double());
            parted = seen > 0 && seen < size.height() * size.width();
            if (!parted) Scope.read(() -> visible.fill_(new Scalar(1.0))); // too few pixels to part
        }

        @Override
        public Tensor visible() {
            return visible;
        }

        @Override
        public Verdict judge(Watcher.Frame frame) {
            if (!parted) return Verdict.BEST;
            Tensor misfit = observation.operator().apply(signal.of(frame)).sub(observation.image()); // (1, C, H', W')
            double now = misfit.mul(visible.neg().add(new Scalar(1.0)))
                    .square()
                    .sum()
                    .item_double();
            error = Double.isNaN(error) ? now : decay * error + (1 - decay) * now;
            return least.judge(error);
        }

        @Override
        public void close() {
            visible.close();
        }
    }
}
