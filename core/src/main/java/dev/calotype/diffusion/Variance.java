package dev.calotype.diffusion;

/** The variance of the reverse step p(x_{t-1} | x_t). */
public enum Variance {
    /** β̃_t, exact if the data were one point: better with few steps (Ho et al. 2020). */
    FIXED_SMALL,
    /** β_t, exact if the data were standard normal: better with all 1000 steps, hopeless with few. */
    FIXED_LARGE,
    /**
     * exp(f·log β_t + (1 − f)·log β̃_t), f = (v + 1)/2 not clamped, v predicted per pixel by a second half of the
     * network's channels (Nichol &amp; Dhariwal 2021, eq. 15).
     */
    LEARNED_RANGE
}
