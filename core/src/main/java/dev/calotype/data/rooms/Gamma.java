package dev.calotype.data.rooms;

/** The sRGB transfer curve from linear light to codes 0..255, by table: the same on every machine. */
final class Gamma {
    private static final int STEPS = 4096;
    private static final float[] CODES = new float[STEPS + 2];

    static {
        for (int i = 0; i < CODES.length; i++) {
            double x = Math.min(1, (double) i / STEPS);
            x *= x;
            CODES[i] = (float) (255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * StrictMath.pow(x, 1 / 2.4) - 0.055));
        }
    }

    private Gamma() {}

    /** The code of light {@code x}, not rounded; the table is spaced by square roots, fine in the dark. */
    static double code(double x) {
        double at = Math.sqrt(Math.max(0, Math.min(1, x))) * STEPS;
        int i = (int) at;
        return CODES[i] + (CODES[i + 1] - CODES[i]) * (at - i);
    }
}
