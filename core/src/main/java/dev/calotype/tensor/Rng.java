package dev.calotype.tensor;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A stream of random numbers fixed by its seed: the same seed gives the same numbers on every machine.
 *
 * <p>The generator is counter-based (SplitMix64; Steele, Lea &amp; Flood 2014): number {@code i} of a stream is a hash
 * of the seed and {@code i}. {@link #fork} makes independent streams by name, so that the noise of image 17 does not
 * depend on the batch it is drawn in, and training can resume from a step number alone. Numbers are drawn on the
 * processor and then moved, so that every device sees the same. Not thread-safe; forks are
 * cheap, give each thread its own.
 */
public final class Rng {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;

    private final long seed;
    private final Rng[] rows;
    private long position;

    private Rng(long seed, Rng[] rows) {
        this.seed = seed;
        this.rows = rows;
    }

    /** The stream of {@code seed}. */
    public static Rng of(long seed) {
        return new Rng(mix(seed + GAMMA), null);
    }

    /**
     * A source whose tensors have one stream per row: row {@code i} is drawn from {@code streams[i]}, whatever the
     * other rows are. {@link #normal} and {@link #uniform} then want {@code streams.length} rows.
     */
    public static Rng rows(Rng... streams) {
        return new Rng(0, streams.clone());
    }

    /** {@link #rows} of the images {@code first} to {@code first + count - 1} of a sampling run: stream i is {@code of(seed).fork(i)}. */
    public static Rng images(long seed, long first, int count) {
        Rng root = of(seed);
        Rng[] streams = new Rng[count];
        for (int i = 0; i < count; i++) streams[i] = root.fork(first + i);
        return rows(streams);
    }

    /** An independent stream named {@code index}; depends on this stream's seed, not on what was drawn from it. */
    public Rng fork(long index) {
        if (rows == null) return new Rng(mix(seed ^ mix(index * GAMMA + 0x632BE59BD9B4E019L)), null);
        Rng[] forks = new Rng[rows.length];
        for (int i = 0; i < forks.length; i++) forks[i] = rows[i].fork(index);
        return rows(forks);
    }

    /** The next 64 random bits. */
    public long nextLong() {
        if (rows != null) throw new IllegalStateException("a source of rows draws tensors only");
        return mix(seed + ++position * GAMMA);
    }

    /** Uniform in [0, 1). */
    public double nextDouble() {
        return (nextLong() >>> 11) * 0x1.0p-53;
    }

    /** Uniform in 0..bound-1; the bias is below bound / 2^63. */
    public long nextLong(long bound) {
        if (bound < 1) throw new IllegalArgumentException("bound must be at least 1: " + bound);
        return Math.floorMod(nextLong() >>> 1, bound);
    }

    /** Uniform in 0..bound-1. */
    public int nextInt(int bound) {
        return (int) nextLong(bound);
    }

    /** {@code count} uniform integers in from..to-1. */
    public int[] ints(int count, int from, int to) {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) values[i] = from + nextInt(to - from);
        return values;
    }

    /** Standard normal fp32 values. */
    public Tensor normal(long... shape) {
        return draw(shape, Rng::fillNormal);
    }

    /** Standard normal fp32 values in the shape and on the device of {@code x}. */
    public Tensor normalLike(Tensor x) {
        return Device.of(x).move(normal(Tensors.shape(x)));
    }

    /**
     * Standard normal fp32 values in the shape and on the device of {@code x}, drawn by the engine from a seed of this
     * stream: quicker than {@link #normalLike} for millions of values, but another engine or device draws others.
     */
    public Tensor quickNormalLike(Tensor x) {
        Generator generator = Device.of(x).generator(nextLong());
        Tensor drawn = torch.empty_like(x).to(ScalarType.Float);
        return drawn.normal_(0, 1, new GeneratorOptional(generator));
    }

    /** Uniform fp32 values in [0, 1). */
    public Tensor uniform(long... shape) {
        return draw(shape, Rng::fillUniform);
    }

    private interface Fill {
        void fill(Rng rng, float[] values, int from, int to);
    }

    private Tensor draw(long[] shape, Fill fill) {
        float[] values = new float[Math.toIntExact(Tensors.count(shape))];
        if (rows == null) {
            fill.fill(this, values, 0, values.length);
        } else {
            if (shape.length == 0 || shape[0] != rows.length)
                throw new IllegalArgumentException(
                        "a source of " + rows.length + " rows cannot draw shape " + java.util.Arrays.toString(shape));
            int row = values.length / rows.length;
            for (int i = 0; i < rows.length; i++) fill.fill(rows[i], values, i * row, (i + 1) * row);
        }
        return Tensors.of(values, shape);
    }

    /** Box-Muller on 32-bit uniforms: exact in distribution up to 6.6 standard deviations. */
    private void fillNormal(float[] values, int from, int to) {
        for (int i = from; i < to; i += 2) {
            long bits = nextLong();
            double radius = Math.sqrt(-2 * Math.log(((bits >>> 32) + 1) * 0x1.0p-32));
            double angle = (bits & 0xFFFFFFFFL) * (2 * Math.PI * 0x1.0p-32);
            values[i] = (float) (radius * Math.cos(angle));
            if (i + 1 < to) values[i + 1] = (float) (radius * Math.sin(angle));
        }
    }

    private void fillUniform(float[] values, int from, int to) {
        for (int i = from; i < to; i++) values[i] = (nextLong() >>> 40) * 0x1.0p-24f;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
