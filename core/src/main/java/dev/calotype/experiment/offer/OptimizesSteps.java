package dev.calotype.experiment.offer;

import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.io.Progress;
import java.util.List;

/** A trained model that finds out at which steps it is drawn best in few of them. */
public interface OptimizesSteps extends DrawsImages {
    /** What it can do. */
    Capability<OptimizesSteps> CAPABILITY =
            new Capability<>(OptimizesSteps.class, "is drawn by a solver whose steps can be optimized");

    /**
     * The recipe of the model with the steps at which it is drawn from now on where somebody wants so many by this sampler.
     *
     * @param request what is drawn, and how
     * @param steps numbers of steps, each in 2..64
     * @param images how many are looked at
     * @throws IllegalArgumentException if steps of the sampler cannot be optimized
     */
    GenerativeExperiment optimized(Request request, List<Integer> steps, int images, Progress progress);
}
