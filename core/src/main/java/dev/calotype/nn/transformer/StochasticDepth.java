package dev.calotype.nn.transformer;

import dev.calotype.nn.Dropout;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * Stochastic depth (Huang et al. 2016): a residual branch is left out for a sample at random, and scaled up where it
 * stays, so that its mean stays. Active only while gradients are recorded.
 *
 * @param masks the randomness of the network
 * @param probability of a branch being left out, in [0, 1)
 */
record StochasticDepth(Dropout masks, double probability) {
    StochasticDepth {
        if (!(probability >= 0 && probability < 1))
            throw new IllegalArgumentException("stochasticDepth must be in [0, 1): " + probability);
    }

    /** The rate of block {@code index} of {@code depth}: from 0 for the first to {@code last}, in equal steps. */
    static double rate(double last, int index, int depth) {
        return depth == 1 ? last : last * index / (depth - 1);
    }

    /** {@code branch}, (N, ...), without that of some samples. */
    Tensor apply(Tensor branch) {
        if (probability == 0 || !GradMode.is_enabled()) return branch;
        long[] shape = new long[(int) branch.dim()];
        java.util.Arrays.fill(shape, 1);
        shape[0] = branch.size(0);
        return branch.mul(masks.mask(branch.new_empty(shape), probability));
    }
}
