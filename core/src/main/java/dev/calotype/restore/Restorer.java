package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Tensor;

/** A way to restore a picture. Stateless: an instance serves any number of pictures. */
public interface Restorer {
    /**
     * The estimate of the image behind an observation.
     *
     * @param rng the source of all randomness
     * @param budget when to stop at the latest
     * @param watcher sees the estimate on the way
     * @return in the caller's scope
     */
    Restored restore(Observation observation, Rng rng, Budget budget, Watcher watcher);

    /**
     * What came out.
     *
     * @param image the estimate, fp32 (1, C, H, W) in [-1, 1]
     * @param iteration after which it was chosen, counted from 1; 0 where there are no iterations
     * @param iterations made in all
     */
    record Restored(Tensor image, int iteration, int iterations) {}
}
