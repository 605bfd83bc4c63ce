package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/** What changes the values of an image at random, or rounds them, without moving them. */
public interface Noise {
    /** The image with noise, (N, C, H, W); all randomness comes from {@code rng}. */
    Tensor add(Tensor image, Rng rng);

    /** Its standard deviation on an ordinary picture, in units of [-1, 1]: exact for Gaussian noise, a guide for others. */
    double sigma();

    /** What an image with this noise, and no other, says for certain of the one without. */
    default FeasibleSet feasible() {
        return FeasibleSet.ALL;
    }
}
