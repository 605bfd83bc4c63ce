package dev.calotype.data.leaves;

import dev.calotype.tensor.Rng;

/**
 * Seamless squares of noise whose power falls with frequency as 1 / f^a: what leaves are textured with. Sums of octaves of
 * random lattices, of mean 0 and deviation 1; they are made once and are the same everywhere.
 */
final class Grain {
    /** Values per side. */
    static final int SIDE = 256;

    private static final int COUNT = 10;
    private static final int OCTAVES = 7;
    private static final Grain[] ALL = all();

    private final float[] values = new float[SIDE * SIDE];

    /** @param gain what each octave twice as coarse is larger by */
    private Grain(double gain, Rng rng) {
        double amplitude = 1;
        for (int octave = 0; octave < OCTAVES; octave++) {
            add(SIDE >> octave, amplitude, rng.fork(octave));
            amplitude *= gain;
        }
        normalise();
    }

    private static Grain[] all() {
        Grain[] all = new Grain[COUNT];
        for (int i = 0; i < COUNT; i++)
            all[i] = new Grain(0.7 + 0.16 * i, Rng.of(i).fork(0x6AA1));
        return all;
    }

    /** One of all. */
    static Grain any(Rng rng) {
        return ALL[rng.nextInt(COUNT)];
    }

    /** Adds a lattice of {@code cells} per side, bilinear between its points. */
    private void add(int cells, double amplitude, Rng rng) {
        float[] lattice = new float[cells * cells];
        for (int i = 0; i < lattice.length; i++)
            lattice[i] = (float) (amplitude * (rng.nextDouble() + rng.nextDouble() + rng.nextDouble() - 1.5));
        int step = SIDE / cells;
        for (int y = 0; y < SIDE; y++)
            for (int x = 0; x < SIDE; x++)
                values[y * SIDE + x] += between(lattice, cells, (double) x / step, (double) y / step);
    }

    private void normalise() {
        double sum = 0, squares = 0;
        for (float value : values) {
            sum += value;
            squares += (double) value * value;
        }
        double mean = sum / values.length, deviation = Math.sqrt(squares / values.length - mean * mean);
        for (int i = 0; i < values.length; i++) values[i] = (float) ((values[i] - mean) / deviation);
    }

    /** The value at any place, periodic. */
    float at(double x, double y) {
        return between(values, SIDE, x, y);
    }

    /** Bilinear in a periodic square, whose side is a power of two. */
    private static float between(float[] values, int side, double x, double y) {
        int left = (int) Math.floor(x), top = (int) Math.floor(y), mask = side - 1;
        float right = (float) (x - left), below = (float) (y - top);
        int x0 = left & mask, x1 = left + 1 & mask, y0 = (top & mask) * side, y1 = (top + 1 & mask) * side;
        float upper = values[y0 + x0] + right * (values[y0 + x1] - values[y0 + x0]);
        float lower = values[y1 + x0] + right * (values[y1 + x1] - values[y1 + x0]);
        return upper + below * (lower - upper);
    }
}
