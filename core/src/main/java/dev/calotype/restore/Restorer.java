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
     * @param spread by how much the draws differ whose mean the estimate is: their standard deviation, root mean square over
     *     the picture, in the units of the image; NaN where there are not two
     */
    record Restored(Tensor image, int iteration, int iterations, double spread) {
        /** An estimate that is no mean of draws. */
        public Restored(Tensor image, int iteration, int iterations) {
            this(image, iteration, iterations, Double.NaN);
        }
    }
}
