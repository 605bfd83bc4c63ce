package dev.calotype.model.latent;

import dev.calotype.nn.Recomputation.Policy;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** A denoiser of latents that is told texts, and can learn. */
public abstract class ToldDenoiser extends Module {
    /** @param name of the module */
    protected ToldDenoiser(String name) {
        super(name);
    }

    /**
     * What the network makes of noisy latents, with gradients.
     *
     * @param x (N, in, h, w)
     * @param times (N), in 0..1000
     * @return fp32 (N, out, h, w)
     * @throws IllegalArgumentException if sides or channels are others, or something that it must be told is missing
     */
    public abstract Tensor learn(Tensor x, Tensor times, Told told);

    /** Chooses what of the passes of {@link #learn} to come is kept for their backward passes. */
    public abstract void recompute(Policy policy);
}
