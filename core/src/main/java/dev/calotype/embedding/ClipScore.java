package dev.calotype.embedding;

import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** How like pictures and their captions are to an encoder (Hessel et al. 2021), without the paper's factor of 2.5. */
public final class ClipScore {
    private static final double HUNDRED = 100;

    private ClipScore() {}

    /**
     * A hundred times the mean likeness, 0 where it is negative.
     *
     * @param pictures vectors of length 1, (N, E)
     * @param texts those of their captions, (N, E)
     */
    public static double of(Tensor pictures, Tensor texts) {
        return Scope.read(() -> HUNDRED
                * pictures.mul(texts).sum(1).clamp_min(new Scalar(0.0)).mean().item_double());
    }
}
