package dev.calotype.restoration.scratch;

import dev.calotype.tensor.Engine;

/**
 * How far thin structure goes on in a line: the mean contrast on the line through a pixel on which it is greatest, over that on lines beside
 * it, as a multiple of how much those differ. What repeats, as bricks do, has little of it.
 *
 * @param strength 0 where it was not asked for
 * @param direction of the line, in parts of a half turn, of {@link #DIRECTIONS}
 */
record LineEvidence(Plane strength, byte[] direction) {
    static final int DIRECTIONS = 32;

    private static final int REACH = 20; // pixels each way
    private static final int BESIDE = 16; // lines
    private static final double STEP = 3; // pixels from one to the next
    private static final double SPREAD = 0.35; // of the means beside, at least

    /**
     * For pixels of a contrast of at least {@code least}.
     *
     * @param aside pixels from a line to the first beside it
     */
    static LineEvidence of(Plane contrast, float least, int aside) {
        float[] strength = new float[contrast.values().length];
        byte[] direction = new byte[strength.length];
        Engine.sideBySide(contrast.height(), y -> {
            for (int x = 0, i = y * contrast.width(); x < contrast.width(); x++, i++) {
                if (contrast.values()[i] < least) continue;
                direction[i] = (byte) direction(contrast, x, y);
                strength[i] = strength(contrast, x, y, angle(direction[i]), aside);
            }
        });
        return new LineEvidence(new Plane(contrast.width(), contrast.height(), strength), direction);
    }

    /** Whether two directions are nearly the same. */
    static boolean agree(byte one, byte other) {
        int apart = Math.abs(one - other);
        return Math.min(apart, DIRECTIONS - apart) <= 3;
    }

    private static double angle(int direction) {
        return Math.PI * direction / DIRECTIONS;
    }

    private static int direction(Plane contrast, int x, int y) {
        float best = -1;
        int direction = 0;
        for (int d = 0; d < DIRECTIONS; d++) {
            float on = along(contrast, x, y, Math.cos(angle(d)), Math.sin(angle(d)));
            if (on <= best) continue;
            best = on;
            direction = d;
        }
        return direction;
    }

    private static float strength(Plane contrast, int x, int y, double angle, int aside) {
        double dx = Math.cos(angle), dy = Math.sin(angle);
        double sum = 0, squares = 0;
        for (int i = 0; i < BESIDE; i++) {
            double away = (i % 2 == 0 ? 1 : -1) * (aside + i / 2 * STEP);
            float beside = along(contrast, x - away * dy, y + away * dx, dx, dy);
            sum += beside;
            squares += beside * beside;
        }
        double mean = sum / BESIDE, spread = Math.sqrt(Math.max(0, squares / BESIDE - mean * mean));
        return (float) ((along(contrast, x, y, dx, dy) - mean) / (spread + SPREAD));
    }

    private static float along(Plane contrast, double x, double y, double dx, double dy) {
        float sum = 0;
        for (int k = -REACH; k <= REACH; k++)
            sum += contrast.at((int) Math.round(x + k * dx), (int) Math.round(y + k * dy));
        return sum / (2 * REACH + 1);
    }
}
