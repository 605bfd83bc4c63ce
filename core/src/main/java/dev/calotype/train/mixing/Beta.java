package dev.calotype.train.mixing;

import dev.calotype.tensor.Rng;

/** Draws from Beta distributions, by gamma variables (Marsaglia &amp; Tsang 2000). */
final class Beta {
    private Beta() {}

    /** A number in (0, 1) from Beta(alpha, alpha). */
    static double symmetric(double alpha, Rng rng) {
        double x = logGamma(alpha, rng), y = logGamma(alpha, rng);
        return 1 / (1 + Math.exp(y - x)); // of logarithms: for a small alpha both may be below the smallest double
    }

    /** The logarithm of a number from Gamma(shape, 1). */
    private static double logGamma(double shape, Rng rng) {
        if (shape < 1) return logGamma(shape + 1, rng) + Math.log(1 - rng.nextDouble()) / shape;
        double d = shape - 1.0 / 3, c = 1 / Math.sqrt(9 * d);
        while (true) {
            double normal = normal(rng);
            double v = Math.pow(1 + c * normal, 3);
            if (v <= 0) continue;
            double bound = 0.5 * normal * normal + d - d * v + d * Math.log(v);
            if (Math.log(1 - rng.nextDouble()) < bound) return Math.log(d) + Math.log(v);
        }
    }

    private static double normal(Rng rng) {
        double radius = Math.sqrt(-2 * Math.log(1 - rng.nextDouble()));
        return radius * Math.cos(2 * Math.PI * rng.nextDouble());
    }
}
