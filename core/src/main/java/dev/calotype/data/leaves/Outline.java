package dev.calotype.data.leaves;

import dev.calotype.tensor.Rng;

/**
 * The corners of a leaf.
 *
 * @param x along the rows
 * @param y down the columns
 */
record Outline(double[] x, double[] y) {
    private static final int WAVES = 5;

    /** A disc, a polygon, a bar or a blob about (x, y). */
    static Outline any(double x, double y, double radius, Rng rng) {
        return switch (rng.nextInt(4)) {
            case 0 -> disc(x, y, radius, rng);
            case 1 -> around(x, y, radius, 3 + rng.nextInt(4), 1 + rng.nextDouble(), new double[0], rng);
            case 2 -> around(x, y, radius, 4, 1 + 15 * Math.pow(rng.nextDouble(), 2), new double[0], rng);
            default -> around(x, y, radius, round(radius), 1 + rng.nextDouble(), waves(rng), rng);
        };
    }

    /** A disc about (x, y). */
    static Outline disc(double x, double y, double radius, Rng rng) {
        return around(x, y, radius, round(radius), 1, new double[0], rng);
    }

    /** So many corners that none is seen. */
    private static int round(double radius) {
        return (int) Math.max(8, Math.min(72, 4 * Math.sqrt(radius) + 4));
    }

    private static double[] waves(Rng rng) {
        double[] waves = new double[2 * WAVES];
        for (int i = 0; i < WAVES; i++) {
            double size = 0.5 * rng.nextDouble() / (i + 1), turn = 2 * Math.PI * rng.nextDouble();
            waves[2 * i] = size * Math.cos(turn);
            waves[2 * i + 1] = size * Math.sin(turn);
        }
        return waves;
    }

    /** Corners at equal angles, as far away as waves around say, stretched one way and turned. */
    private static Outline around(
            double x, double y, double radius, int corners, double stretch, double[] waves, Rng rng) {
        double[] xs = new double[corners], ys = new double[corners];
        double begin = 2 * Math.PI * rng.nextDouble(), turn = 2 * Math.PI * rng.nextDouble();
        double narrow = radius / Math.sqrt(stretch), wide = radius * Math.sqrt(stretch);
        double cos = Math.cos(turn), sin = Math.sin(turn);
        for (int i = 0; i < corners; i++) {
            double angle = begin + 2 * Math.PI * i / corners, far = 1;
            for (int k = 0; k < waves.length / 2; k++)
                far += waves[2 * k] * Math.cos((k + 2) * angle) + waves[2 * k + 1] * Math.sin((k + 2) * angle);
            double along = wide * far * Math.cos(angle), across = narrow * far * Math.sin(angle);
            xs[i] = x + cos * along - sin * across;
            ys[i] = y + sin * along + cos * across;
        }
        return new Outline(xs, ys);
    }
}
