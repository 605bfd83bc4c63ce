package dev.calotype.restore;

import dev.calotype.tensor.Rng;

/** Which linear operator a picture goes through: always the same one, or one that is drawn anew, such as a random mask. */
@FunctionalInterface
public interface Damage {
    /**
     * The operator for one picture.
     *
     * @param image the size of the picture
     * @param rng the source of all randomness
     * @throws IllegalArgumentException if it does not act on pictures of this size
     */
    LinearOperator on(LinearOperator.Size image, Rng rng);
}
