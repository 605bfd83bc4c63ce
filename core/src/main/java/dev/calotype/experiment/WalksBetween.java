package dev.calotype.experiment;

import dev.calotype.sampling.Interpolation;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;

/** A trained model that draws what lies between two images. */
public interface WalksBetween extends DrawsImages {
    /**
     * One of the images of a seed.
     *
     * @param number of the image, from 0
     */
    record End(long seed, long number) {
        /** The first image of a seed. */
        public static End firstOf(long seed) {
            return new End(seed, 0);
        }
    }

    /**
     * Some of the frames of a way.
     *
     * @param all how many the way has, both ends included
     * @param first of those that are wanted, from 0
     * @param count how many are wanted
     */
    record Frames(int all, int first, int count) {
        /** Those of all points of the way. */
        public Tensor of(Tensor points) {
            return points.narrow(0, first, count);
        }
    }

    /**
     * The points between the random starts of two images, both ends included, on the model's device.
     *
     * @return fp32 (frames, ...)
     */
    Tensor starts(End from, End to, Interpolation mode, int frames);

    /** {@link #starts(End, End, Interpolation, int)} between the first images of two seeds. */
    default Tensor starts(long fromSeed, long toSeed, Interpolation mode, int frames) {
        return starts(End.firstOf(fromSeed), End.firstOf(toSeed), mode, frames);
    }

    /**
     * The images that random starts (N, ...) turn into, all of one class.
     *
     * @param request how they are drawn, and the class; what noise is added on the way is that of its seed for all
     * @param watcher told of steps
     * @return fp32 (N, C, H, W) in [-1, 1]
     */
    Tensor images(Request request, Tensor starts, Drawing.Watcher watcher);

    /** {@link #images(Request, Tensor, Drawing.Watcher)} that nobody watches. */
    default Tensor images(Request request, Tensor starts) {
        return images(request, starts, Drawing.Watcher.NOBODY);
    }

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
        return way(from, End.firstOf(from.seed()), End.firstOf(toSeed), frames);
    }

    /**
     * The images on the way between two, that suits the model: {@link #way(Request, long, int)} for images of any number.
     *
     * @param request how all are drawn, and the class
     * @return fp32 (frames, C, H, W) in [-1, 1]
     */
    default Tensor way(Request request, End from, End to, int frames) {
        return way(request, from, to, new Frames(frames, 0, frames), Drawing.Watcher.NOBODY);
    }

    /**
     * Some images of a {@link #way(Request, End, End, int)}, so that a long one is drawn piece by piece.
     *
     * @param watcher told of steps
     * @return fp32 (frames.count, C, H, W) in [-1, 1]
     */
    default Tensor way(Request request, End from, End to, Frames frames, Drawing.Watcher watcher) {
        return Scope.inference(
                () -> images(request, frames.of(starts(from, to, Interpolation.SLERP, frames.all())), watcher));
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
