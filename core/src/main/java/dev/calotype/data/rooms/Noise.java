package dev.calotype.data.rooms;

/** Value noise: random numbers on the integer lattice, and a smooth function through them. */
final class Noise {
    private Noise() {}

    /** Uniform in [0, 1), fixed by (i, j). */
    static double hash(int i, int j) {
        int h = i * 0x27D4EB2D ^ j * 0x165667B1;
        h = (h ^ h >>> 15) * 0x2C1B3C6D;
        h = (h ^ h >>> 12) * 0x297A2D39;
        return (h >>> 8) * 0x1.0p-24;
    }

    /** Smooth, in [0, 1), features about 1 wide. */
    static double smooth(double x, double y) {
        int i = (int) Math.floor(x);
        int j = (int) Math.floor(y);
        double a = x - i;
        double b = y - j;
        a = a * a * (3 - 2 * a);
        b = b * b * (3 - 2 * b);
        double low = hash(i, j) + (hash(i + 1, j) - hash(i, j)) * a;
        double high = hash(i, j + 1) + (hash(i + 1, j + 1) - hash(i, j + 1)) * a;
        return low + (high - low) * b;
    }
}
