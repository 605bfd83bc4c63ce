package dev.calotype.model;

import org.bytedeco.pytorch.Tensor;

/**
 * A frozen network that turns pictures into the vectors on which distances between sets of pictures are measured.
 *
 * <p>It takes 8-bit pixels only: a picture that was never quantised scores differently from the file it becomes.
 */
public interface FeatureNetwork extends AutoCloseable {
    /** The architecture and what it was trained on, such as {@code lenet-mnist}. */
    String name();

    /** The first 16 hexadecimal digits of the SHA-256 of its weights: scores of different hashes do not compare. */
    String hash();

    /** The length D of a feature vector. */
    int dimensions();

    /** What the network does to pictures before its first layer, such as {@code 299 x 299, bilinear}. */
    String input();

    /** The data set that it was made for and knows alone, such as {@code rooms}; empty for pictures of any kind. */
    default String madeFor() {
        return "";
    }

    /** What its scores do not see, as a sentence; empty if there is nothing in particular. */
    default String caution() {
        return "";
    }

    /**
     * Whether it is so small that threads see more when each has a batch of its own than when they share one, which takes the
     * memory of each.
     */
    default boolean small() {
        return false;
    }

    /**
     * The features of a batch, without gradients. The network resizes the pictures itself; each implementation says how.
     *
     * @param pixels uint8 (N, C, H, W), N at least 1
     * @return fp32 (N, D) on the CPU, in the caller's scope
     * @throws IllegalArgumentException for another type, number of dimensions or of channels
     */
    Tensor features(Tensor pixels);

    /** Frees the weights; the network cannot be used afterwards. */
    @Override
    void close();

    /** One that also tells where in a picture something is, which the sFID compares (Nash et al. 2021). */
    interface Spatial extends FeatureNetwork {
        /** The length S of a vector of spatial features. */
        int spatialDimensions();

        /** Both of a batch. */
        Seen see(Tensor pixels);
    }

    /**
     * What a batch turns into.
     *
     * @param features fp32 (N, D), as {@link #features} gives them
     * @param spatial fp32 (N, S)
     */
    record Seen(Tensor features, Tensor spatial) {}
}
