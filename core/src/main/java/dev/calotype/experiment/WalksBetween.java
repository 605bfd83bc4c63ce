package dev.calotype.experiment;

import dev.calotype.sampling.Interpolation;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;

/** A trained model that draws what lies between two images. */
public interface WalksBetween extends DrawsImages {
    /**
     * The points between the first random start of a seed and that of another, both ends included, on the model's device.
     *
     * @return fp32 (frames, ...)
     */
    Tensor starts(long fromSeed, long toSeed, Interpolation mode, int frames);

    /**
     * The images that random starts (N, ...) turn into, all of one class.
     *
     * @param request how they are drawn, and the class; what noise is added on the way is that of its seed for all
     * @return fp32 (N, C, H, W) in [-1, 1]
     */
    Tensor images(Request request, Tensor starts);

    /**
     * The images of points between the first random start of a seed and that of another, all of one class.
     *
     * @param from the seed of the first image, and how all are drawn
     * @return fp32 (frames, C, H, W) in [-1, 1]
     */
    default Tensor between(Request from, long toSeed, Interpolation mode, int frames) {
        return Scope.inference(() -> images(from, starts(from.seed(), toSeed, mode, frames)));
    }

    /**
     * The images on the way between those of two seeds that suits the model: on the arc between random starts, where it knows no
     * better.
     *
     * @return fp32 (frames, C, H, W) in [-1, 1]
     */
    default Tensor way(Request from, long toSeed, int frames) {
        return between(from, toSeed, Interpolation.SLERP, frames);
    }

    /** Whether {@link #way} is another one than the arc between random starts. */
    default boolean hasOwnWay() {
        return false;
    }

    /** What {@link #way} is, for people. */
    default String wayName() {
        return Kebab.of(Interpolation.SLERP);
    }
}
