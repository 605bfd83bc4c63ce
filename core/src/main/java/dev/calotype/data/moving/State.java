package dev.calotype.data.moving;

import dev.calotype.data.moving.Motion.Mover;
import dev.calotype.tensor.Rng;

/**
 * How everything stands at one moment. The world is as large as the picture and goes on at its other side where it ends, so
 * that every place of camera and ball is as likely as any other, at every moment of every motion.
 *
 * @param cameraX of the left edge of the picture, in its widths
 * @param cameraY of its upper edge
 * @param out the share of the box that is out of the door, 0..1
 * @param lit whether the lamp is on
 * @param ballX of the ball's centre in the world
 * @param ballY of the ball's centre
 */
record State(double cameraX, double cameraY, double out, boolean lit, double ballX, double ballY) {
    private static final double HOPS = 2, HEIGHT = 0.09;

    /**
     * @param then the moment of each mover's own motion, in (-0.5, 0.5), 0 being its middle
     * @param rng the same for all frames of a clip
     */
    static State of(double[] then, Rng rng) {
        double cameraX = rng.nextDouble() + way(rng) * then[Mover.CAMERA_ACROSS.ordinal()];
        double cameraY = rng.nextDouble() + way(rng) * then[Mover.CAMERA_ALONG.ordinal()];
        double seconds = between(0.2, 0.4, rng);
        double out = (then[Mover.BOX.ordinal()] - between(-0.2, 0.2, rng)) / seconds + 0.5;
        boolean lit = then[Mover.LAMP.ordinal()] > between(-0.24, 0.24, rng);
        double across = then[Mover.BALL_ACROSS.ordinal()], along = then[Mover.BALL_ALONG.ordinal()];
        double hop = HEIGHT * StrictMath.abs(StrictMath.sin(StrictMath.PI * (rng.nextDouble() + HOPS * across)));
        double sway = HEIGHT * StrictMath.sin(StrictMath.PI * (2 * rng.nextDouble() + HOPS * along));
        double ballX = rng.nextDouble() + way(rng) * across + sway;
        double ballY = rng.nextDouble() + way(rng) * along - hop;
        return new State(wrapped(cameraX), wrapped(cameraY), clamped(out), lit, wrapped(ballX), wrapped(ballY));
    }

    /** How far camera and ball go in a clip: less than half of a picture between two frames, so that its direction can be told. */
    private static double way(Rng rng) {
        return between(0.4, 0.65, rng);
    }

    static double between(double low, double high, Rng rng) {
        return low + (high - low) * rng.nextDouble();
    }

    /** In [0, 1). */
    static double wrapped(double x) {
        return x - Math.floor(x);
    }

    static double clamped(double x) {
        return Math.max(0, Math.min(1, x));
    }
}
