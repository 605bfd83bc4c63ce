package dev.calotype.restore;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * What a restoration's own measure says of it, without the truth: root mean squared errors in [-1, 1], which are estimates.
 *
 * @param before of the picture as it was seen; NaN if nothing could be measured
 * @param after of the restored picture; NaN if nothing could be measured
 * @param measure how they were found
 */
public record Evidence(double before, double after, String measure) {
    /** Of a picture that leaves nothing to measure. */
    public static final Evidence NONE = unmeasured("nothing could be measured");

    private static final double MARGIN = 0.03;
    private static final String EXPLAINED = "how well it explains what was seen";

    /** Nothing measured, and why. */
    static Evidence unmeasured(String why) {
        return new Evidence(Double.NaN, Double.NaN, why);
    }

    /** Whether the picture is shown to have become better, by more than the measures are off by. */
    public boolean isBetter() {
        return after < (1 - MARGIN) * before;
    }

    /** Whether there is a measure at all. */
    public boolean isMeasured() {
        return !Double.isNaN(before) && !Double.isNaN(after);
    }

    /**
     * How well an estimate x explains an observation, with r the root mean square of A x − y: for what takes too long to be
     * rehearsed. It finds fits that did not get there; it does not see what A hides.
     *
     * <ul>
     *   <li>Noise of sigma: the error is √(r² − σ²), or σ − r for an x that follows the noise.
     *   <li>Missing pixels: the error on known pixels, at best that of the others. What the input has in the holes differs
     *       from the estimate by d, so that its error is at least d less that of the estimate, and never below 0.
     *   <li>Else r, and that of the observation itself, taken for the answer.
     * </ul>
     */
    public static Evidence explained(Observation seen, Tensor x) {
        return Scope.read(() -> {
            Tensor y = seen.image();
            LinearOperator a = seen.operator();
            double sigma = seen.sigma();
            if (a instanceof Masking mask) {
                double holes = mask.size().height() * mask.size().width() - mask.keptPixels();
                if (holes == 0) return NONE;
                double known = rms(mask.apply(x.sub(y)), mask.keptPixels() / (holes + mask.keptPixels()));
                double error = Math.sqrt(Math.max(0, known * known - sigma * sigma));
                Tensor there = x.sub(y).sub(mask.apply(x.sub(y)));
                double apart = rms(there, holes / (holes + mask.keptPixels()));
                return new Evidence(Math.max(0, apart - error), error, EXPLAINED);
            }
            double r = rms(a.apply(x).sub(y), 1);
            if (a instanceof Identity)
                return sigma == 0
                        ? NONE
                        : new Evidence(sigma, r >= sigma ? Math.sqrt(r * r - sigma * sigma) : sigma - r, EXPLAINED);
            return new Evidence(
                    rms(a.apply(Tensors.clip(Unchanged.enlarged(seen))).sub(y), 1), r, EXPLAINED);
        });
    }

    /** Root mean square of an error that is 0 on all but a share of the pixels, over that share. */
    private static double rms(Tensor error, double share) {
        return Math.sqrt(error.square().mean().item_double() / share);
    }

    /** Of two parts of a picture together: their errors are weighed by their pixels. */
    public static Evidence together(Evidence one, double pixels, Evidence other, double others) {
        if (!one.isMeasured()) return other;
        if (!other.isMeasured()) return one;
        double total = pixels + others;
        return new Evidence(
                Math.sqrt((square(one.before) * pixels + square(other.before) * others) / total),
                Math.sqrt((square(one.after) * pixels + square(other.after) * others) / total),
                one.measure);
    }

    private static double square(double x) {
        return Math.max(0, x) * Math.max(0, x);
    }
}
