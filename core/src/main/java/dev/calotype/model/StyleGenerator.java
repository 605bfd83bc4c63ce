package dev.calotype.model;

import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/** A generator that makes a style of a random vector, and an image of styles (Karras et al. 2019, arXiv:1812.04948). */
public interface StyleGenerator {
    /** The length of a random vector. */
    int latent();

    /** How many layers have a style. */
    int layers();

    /**
     * The styles of random vectors.
     *
     * @param z fp32 (N, {@link #latent})
     * @return (N, style)
     */
    Tensor styles(Tensor z);

    /** The mean of the styles of {@code count} random vectors, fp32 (style). */
    Tensor meanStyle(int count, Rng rng);

    /**
     * The images of styles.
     *
     * @param w (N, style), or (N, layers, style) with a style of its own for each layer
     * @return fp32 (N, C, H, W), about [-1, 1]
     */
    Tensor synthesize(Tensor w, NoiseMaps noise);
}
