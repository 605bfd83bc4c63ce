package dev.calotype.sampling;

import java.util.function.DoubleUnaryOperator;

/** How noise levels σ = noise/signal are spread between the first and the last, in the formulas that k-diffusion and diffusers have. */
public enum Levels {
    /** Those of the time steps that are visited. */
    SPACED {
        @Override
        DoubleUnaryOperator spread(double from, double to) {
            throw new IllegalStateException("the steps have levels of their own");
        }
    },
    /** Even in σ^(1/7) (Karras et al. 2022, eq. 5). */
    KARRAS {
        @Override
        DoubleUnaryOperator spread(double from, double to) {
            double high = Math.pow(from, 1 / RHO), low = Math.pow(to, 1 / RHO);
            return u -> Math.pow(high + u * (low - high), RHO);
        }
    },
    /** Even in log σ. */
    EXPONENTIAL {
        @Override
        DoubleUnaryOperator spread(double from, double to) {
            return u -> from * Math.pow(to / from, u);
        }
    },
    /** By the quantiles of the beta distribution of 0.6 and 0.6, more at both ends (Lee et al. 2024, arXiv:2407.12173). */
    BETA {
        @Override
        DoubleUnaryOperator spread(double from, double to) {
            return u -> to + quantile(1 - u) * (from - to);
        }
    };

    private static final double RHO = 7;
    private static final double SHAPE = 0.6;
    private static final int HALVINGS = 60;

    /** σ at the share u of the steps, from the first at 0 to the last at 1. */
    abstract DoubleUnaryOperator spread(double from, double to);

    /**
     * So many levels.
     *
     * @param from the first, the noisiest
     * @param to the last, above 0
     */
    double[] sigmas(double from, double to, int steps) {
        if (steps == 1) return new double[] {from};
        return Grid.spread(steps, spread(from, to));
    }

    /** The x below which a share p of the symmetric beta distribution lies. */
    static double quantile(double p) {
        if (p > 0.5) return 1 - quantile(1 - p);
        double half = below(0.5), low = 0, high = 0.5;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (below(middle) < p * 2 * half) low = middle;
            else high = middle;
        }
        return p == 0 ? 0 : high;
    }

    /** The incomplete beta function of x up to 1/2, by its hypergeometric series. */
    private static double below(double x) {
        double sum = 0, term = Math.pow(x * (1 - x), SHAPE) / SHAPE;
        for (int n = 0; term > sum * Math.ulp(1.0); n++) {
            sum += term;
            term *= x * (2 * SHAPE + n) / (SHAPE + 1 + n);
        }
        return sum;
    }
}
