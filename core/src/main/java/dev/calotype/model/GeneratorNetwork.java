package dev.calotype.model;

import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** A network G(z, c) that makes an image of a random vector and a condition (Goodfellow et al. 2014, arXiv:1406.2661). */
public abstract class GeneratorNetwork extends Module {
    protected GeneratorNetwork(String name) {
        super(name);
    }

    /** The length of z. */
    public abstract int latent();

    /**
     * @param z N(0, I), fp32 (N, {@link #latent})
     * @return fp32 (N, C, H, W), about [-1, 1]
     */
    public abstract Tensor forward(Tensor z, Condition condition);

    /** What a training step shows the discriminator: {@link #forward}, plus what the network draws from {@code rng} besides. */
    public Tensor forTraining(Tensor z, Condition condition, Rng rng) {
        return forward(z, condition);
    }
}
