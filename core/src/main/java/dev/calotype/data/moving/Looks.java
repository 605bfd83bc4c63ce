package dev.calotype.data.moving;

import static dev.calotype.data.moving.State.between;

import dev.calotype.tensor.Rng;

/** What a clip looks like, whatever happens in it: a wall with pictures on it, a lamp, a door with a box in it, a ball. */
final class Looks {
    private static final int WAVES = 5;

    /** A rectangle by its centre and half its sides, in widths of the world. */
    record Place(double x, double y, double halfWidth, double halfHeight) {}

    /** A soft pattern of the wall: a wave that fits into the world, so that it has no seam. */
    record Wave(int across, int along, double phase, double height) {}

    final float[] wall, ball, box;
    final float[][] paints = new float[3][];
    final Place[] pictures = new Place[3];
    final Wave[] waves = new Wave[WAVES];
    final Place lamp, door;
    /** 1 where the box comes out to the right of the door, -1 to the left. */
    final int side;

    final double radius, light;

    Looks(Rng rng) {
        wall = hue(rng.nextDouble(), 0.25, between(0.5, 0.75, rng));
        ball = hue(rng.nextDouble(), 0.95, between(0.75, 1, rng));
        box = hue(rng.nextDouble(), 0.7, between(0.35, 0.55, rng));
        lamp = place(0.25, 0.27, 0.055, 0.05, rng);
        door = place(0.66, 0.25, 0.075, 0.13, rng);
        double[][] centres = {{0.2, 0.62}, {0.5, 0.78}, {0.82, 0.66}};
        for (int i = 0; i < pictures.length; i++) {
            pictures[i] = place(centres[i][0], centres[i][1], between(0.05, 0.1, rng), between(0.05, 0.1, rng), rng);
            paints[i] = hue(rng.nextDouble(), between(0.4, 0.8, rng), between(0.25, 0.9, rng));
        }
        for (int i = 0; i < WAVES; i++)
            waves[i] = new Wave(
                    rng.nextInt(5) - 2, rng.nextInt(3), 2 * StrictMath.PI * rng.nextDouble(), between(0, 16, rng));
        side = rng.nextLong() < 0 ? 1 : -1;
        radius = between(0.06, 0.08, rng);
        light = between(0.85, 1.1, rng);
    }

    private static Place place(double x, double y, double halfWidth, double halfHeight, Rng rng) {
        return new Place(x + between(-0.05, 0.05, rng), y + between(-0.05, 0.05, rng), halfWidth, halfHeight);
    }

    /** A colour of 0..255 by hue, saturation and value of 0..1. */
    private static float[] hue(double hue, double saturation, double value) {
        float[] rgb = new float[3];
        for (int c = 0; c < 3; c++) {
            double k = (new double[] {5, 3, 1}[c] + 6 * hue) % 6;
            rgb[c] = (float) (255 * value * (1 - saturation * State.clamped(Math.min(k, 4 - k))));
        }
        return rgb;
    }
}
