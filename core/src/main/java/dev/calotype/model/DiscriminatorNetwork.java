package dev.calotype.model;

import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** A network D(x, c) that tells real images from generated ones. */
public abstract class DiscriminatorNetwork extends Module {
    protected DiscriminatorNetwork(String name) {
        super(name);
    }

    /**
     * @param x images, fp32 (N, C, H, W), in [-1, 1] if they are real
     * @return how real they look, not squashed, fp32 (N)
     */
    public abstract Tensor forward(Tensor x, Condition condition);
}
