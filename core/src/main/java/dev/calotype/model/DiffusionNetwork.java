package dev.calotype.model;

import dev.calotype.nn.Recomputation;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** A network F(x, t, c) that sees a noisy image, its noise level and a condition. */
public abstract class DiffusionNetwork extends Module {
    protected DiffusionNetwork(String name) {
        super(name);
    }

    /**
     * @param x noisy images, fp32 (N, C, H, W)
     * @param times what the network is told of the noise level, fp32 (N)
     * @return fp32 (N, C', H, W)
     */
    public abstract Tensor forward(Tensor x, Tensor times, Condition condition);

    /** Fixes the randomness of the forward passes to come (dropout), where there is any. */
    public abstract void reseed(long seed);

    /** Chooses what of the forward passes to come is kept for their backward passes. */
    public abstract void recompute(Recomputation.Policy policy);
}
