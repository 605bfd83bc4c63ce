package dev.calotype.data.leaves;

import dev.calotype.tensor.Rng;

/** The colours of one picture: brightness of any value about a mean, and few hues, most of them pale. */
final class Colours {
    private final double mean, contrast;
    private final double[][] hues; // of which each is red and blue against green

    Colours(Rng rng) {
        contrast = 0.15 + 0.85 * rng.nextDouble();
        mean = 0.15 + 0.7 * rng.nextDouble();
        hues = new double[1 + rng.nextInt(5)][];
        double vivid = 0.03 + 0.5 * Math.pow(rng.nextDouble(), 2);
        for (int i = 0; i < hues.length; i++) {
            double turn = 2 * Math.PI * rng.nextDouble(), strength = vivid * rng.nextDouble();
            hues[i] = new double[] {strength * Math.cos(turn), strength * Math.sin(turn)};
        }
    }

    double contrast() {
        return contrast;
    }

    /** The colour of a leaf, 0..1 each. */
    float[] next(Rng rng) {
        double value = mean + contrast * (rng.nextDouble() + 0.5 * rng.nextDouble() - 0.75);
        double bright = Math.max(0, Math.min(1, value));
        double[] hue = hues[rng.nextInt(hues.length)];
        double u = hue[0] + 0.05 * (rng.nextDouble() - 0.5), v = hue[1] + 0.05 * (rng.nextDouble() - 0.5);
        double weight = 0.35 + 0.65 * bright;
        return new float[] {
            (float) unit(bright + weight * u),
            (float) unit(bright - weight * (0.5 * u + 0.2 * v)),
            (float) unit(bright + weight * v)
        };
    }

    private static double unit(double x) {
        return Math.max(0, Math.min(1, x));
    }
}
