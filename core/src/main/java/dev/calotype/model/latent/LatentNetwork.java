package dev.calotype.model.latent;

import dev.calotype.nn.Initialization;
import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** An autoencoder that can learn: what it does with gradients, before latents are scaled. */
public abstract class LatentNetwork extends Module implements Autoencoder {
    LatentNetwork(String name) {
        super(name);
    }

    /** Draws all weights of a new network, which then depend on {@code rng} alone. */
    public void draw(Rng rng) {
        Initialization.uniform(this, rng);
    }

    /**
     * What an encoder makes of pictures while it learns.
     *
     * @param latents as the decoder takes them, not scaled, fp32 (N, L, h, w)
     * @param cost of each picture's latents, which is to be low, fp32 (N)
     */
    public record Code(Tensor latents, Tensor cost) {}

    /**
     * The latents of pictures, with gradients.
     *
     * @param images (N, C, H, W) in [-1, 1], with sides that are multiples of {@link #factor()}
     * @param rng of what is random about them
     */
    public abstract Code code(Tensor images, Rng rng);

    /**
     * The pictures of latents that are not scaled, with gradients.
     *
     * @param latents (N, L, h, w)
     * @return fp32 (N, C, f h, f w)
     */
    public abstract Tensor pictures(Tensor latents);

    /** The weight of the layer that pictures come out of. */
    public abstract Tensor last();

    /** How {@link #encode} scales latents. */
    public abstract LatentScale scale();
}
