package dev.calotype.model;

import org.bytedeco.pytorch.Tensor;

/** A {@link FeatureNetwork} that also tells where in a picture something is, which the sFID compares (Nash et al. 2021). */
public interface SpatialFeatures extends FeatureNetwork {
    /** The length S of a vector of spatial features. */
    int spatialDimensions();

    /** Both of a batch. */
    Seen see(Tensor pixels);

    /**
     * What a batch turns into.
     *
     * @param features fp32 (N, D), as {@link #features} gives them
     * @param spatial fp32 (N, S)
     */
    record Seen(Tensor features, Tensor spatial) {}
}
