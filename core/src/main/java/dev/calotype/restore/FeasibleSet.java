package dev.calotype.restore;

import org.bytedeco.pytorch.Tensor;

/** The noiseless images A x that a hard kind of noise, such as the rounding of JPEG, allows behind an observation. */
@FunctionalInterface
public interface FeasibleSet {
    /** Every image. */
    FeasibleSet ALL = (seen, observed) -> seen;

    /**
     * The feasible image nearest to {@code seen}.
     *
     * @param seen a guess of A x, (N, C, H', W')
     * @param observed y, in the same shape
     */
    Tensor project(Tensor seen, Tensor observed);
}
