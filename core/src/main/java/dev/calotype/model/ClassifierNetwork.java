package dev.calotype.model;

import dev.calotype.nn.Recomputation;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** A network that is trained to name what is in a picture or a clip. */
public abstract class ClassifierNetwork extends Module {
    protected ClassifierNetwork(String name) {
        super(name);
    }

    /**
     * The scores of the classes before the softmax.
     *
     * @param x fp32 (N, C, H, W), of clips (N, T, C, H, W)
     * @return fp32 (N, K)
     */
    public abstract Tensor forward(Tensor x);

    /**
     * What the classes are read from.
     *
     * @param x fp32 (N, C, H, W), of clips (N, T, C, H, W)
     * @return fp32 (N, D)
     */
    public abstract Tensor features(Tensor x);

    /** Fixes the randomness of the forward passes to come (dropout, stochastic depth), where there is any. */
    public abstract void reseed(long seed);

    /** Chooses what of the forward passes to come is kept for their backward passes. */
    public abstract void recompute(Recomputation.Policy policy);
}
