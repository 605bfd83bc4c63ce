package dev.calotype.restore;

import dev.calotype.image.Images;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Whether a restorer makes a picture better, found without the truth by restoring once more: for restorers that answer in
 * seconds, and equal questions equally.
 *
 * <ul>
 *   <li>Noise: Stein's unbiased estimate of the risk, whose divergence is probed with a little more noise (Ramani, Blu &amp;
 *       Unser, <em>Monte-Carlo SURE</em>, 2008).
 *   <li>Missing pixels: the same holes with what lies in them, mirrored onto pixels that are known.
 *   <li>Else the picture as it was seen is taken for the truth, and damaged once more in the same way; by JPEG in other blocks, since in
 *       the same ones it would hardly change.
 * </ul>
 */
public final class Rehearsal {
    private static final double PROBE = 0.1; // of sigma
    private static final double FAR = 1.25; // times the noise that is seen: then there is less of it than was said
    private static final int SMALLEST = 8; // pixels per side of what is damaged once more
    private static final int DOWN = 3, RIGHT = 5; // of 8, where other blocks of JPEG begin: also of its halved chroma

    private final Restorer restorer;
    private final Rng rng;
    private final Budget budget;
    private final Watcher watcher;

    /**
     * @param budget of each restoration
     * @param watcher of each restoration; what it throws ends the rehearsal
     */
    public Rehearsal(Restorer restorer, Rng rng, Budget budget, Watcher watcher) {
        this.restorer = restorer;
        this.rng = rng;
        this.budget = budget;
        this.watcher = watcher;
    }

    /**
     * What comes out for an observation.
     *
     * @param again damages an image once more, A x + n without clipping
     */
    public Evidence on(Observation seen, UnaryOperator<Tensor> again) {
        return Scope.read(() -> {
            if (seen.operator() instanceof Masking mask) return mirrored(seen, mask);
            if (seen.operator() instanceof Identity && seen.feasible() == FeasibleSet.ALL) return risk(seen);
            return damagedAgain(seen, again);
        });
    }

    private Tensor restored(Observation seen) {
        return restorer.restore(seen, rng.fork(0), budget, watcher).image();
    }

    private Evidence risk(Observation seen) {
        double sigma = seen.sigma();
        if (sigma == 0) return Evidence.NONE;
        Tensor y = seen.image();
        Tensor probe = rng.fork(1).normalLike(y); // (1, C, H, W)
        Tensor x = restored(seen);
        double step = PROBE * sigma;
        Tensor moved = restored(new Observation(y.add(probe, new Scalar(step)), seen.operator(), sigma));
        double divergence = probe.mul(moved.sub(x)).mean().item_double() / step;
        double squared = y.sub(x).square().mean().item_double() + sigma * sigma * (2 * divergence - 1);
        double shown = NoiseLevelEstimate.of(y);
        if (sigma > FAR * shown)
            return Evidence.unmeasured(String.format(
                    Locale.ROOT,
                    "the picture shows noise of sigma %.1f, and Stein's estimate of the risk holds for noise of sigma %.1f",
                    shown * Images.LEVELS,
                    sigma * Images.LEVELS));
        if (squared <= 0)
            return Evidence.unmeasured(
                    "Stein's estimate of the risk comes out negative, which no risk is: it is too uncertain here");
        return new Evidence(sigma, Math.sqrt(squared), "Stein's estimate of the risk");
    }

    /** Holes that were mirrored, and what is known below them. */
    private Evidence mirrored(Observation seen, Masking mask) {
        Tensor known = mask.mask(seen.image()); // (1, 1, H, W)
        Tensor hidden = null;
        Tensor junk = null;
        double most = 0;
        for (long[] sides : new long[][] {{3}, {2}, {2, 3}}) {
            Tensor shown = known.flip(sides);
            Tensor here = shown.neg().add(new Scalar(1.0)).mul(known); // mirrored holes over known pixels
            double count = here.sum().item_double();
            if (count <= most || count >= known.sum().item_double()) continue;
            most = count;
            hidden = here;
            junk = seen.image().flip(sides);
        }
        if (hidden == null) return Evidence.NONE;
        Masking fewer = mask.without(hidden);
        Tensor x = restored(new Observation(fewer.apply(seen.image()), fewer, seen.sigma()));
        Tensor y = seen.image();
        return new Evidence(
                over(hidden, junk.sub(y)), over(hidden, x.sub(y)), "the same holes, mirrored onto known pixels");
    }

    /** Root mean square where {@code where} is 1. */
    private static double over(Tensor where, Tensor error) {
        double count = where.sum().item_double() * error.size(1);
        return Math.sqrt(error.square().mul(where).sum().item_double() / count);
    }

    private Evidence damagedAgain(Observation seen, UnaryOperator<Tensor> again) {
        Tensor y = fitting(seen);
        if (y == null) return Evidence.NONE;
        Observation worse = new Observation(again.apply(y), seen.operator(), seen.sigma(), seen.feasible());
        Tensor before = Tensors.clip(Unchanged.enlarged(worse));
        return new Evidence(rms(before.sub(y)), rms(restored(worse).sub(y)), "the picture damaged once more");
    }

    /** As much of the picture as the operator acts on, without the blocks that it was rounded in; null if that is too little. */
    private static Tensor fitting(Observation seen) {
        Tensor y = seen.image();
        boolean rounded = seen.isCertain();
        if (!rounded && !(seen.operator() instanceof Resampling)) return y;
        int factor = seen.operator() instanceof Resampling reduced ? reduced.factor() : 1;
        long top = rounded ? DOWN : 0, left = rounded ? RIGHT : 0;
        long height = (y.size(2) - top) / factor * factor, width = (y.size(3) - left) / factor * factor;
        if (Math.min(height, width) < (long) SMALLEST * factor) return null;
        return y.narrow(2, top, height).narrow(3, left, width);
    }

    private static double rms(Tensor error) {
        return error.square().mean().sqrt().item_double();
    }
}
