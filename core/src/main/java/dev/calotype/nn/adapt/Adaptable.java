package dev.calotype.nn.adapt;

import org.bytedeco.pytorch.Tensor;

/** A layer that factors can be joined to. */
public interface Adaptable {
    /** Its matrix or its kernels. */
    Tensor weight();

    /** Adds from now on what the factors make of its input; those before are forgotten. */
    void join(LowRank factors);
}
