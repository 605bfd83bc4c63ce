package dev.calotype.data;

import dev.calotype.tensor.Rng;

/**
 * A random order of 0..size-1 that needs no memory, whatever the size.
 *
 * <p>A Feistel network (Luby &amp; Rackoff 1988) permutes the numbers of a power of two; a number that falls outside
 * 0..size-1 is permuted again until it falls inside (cycle walking; Black &amp; Rogaway 2002), less than twice on
 * average. Small sizes walk in a larger domain, where the network comes closer to a uniformly random permutation.
 */
final class Permutation {
    private static final int ROUNDS = 8;
    private static final int MIN_BITS = 8;

    private final long size;
    private final int lowBits;
    private final long lowMask;
    private final long highMask;
    private final long[] keys = new long[ROUNDS];

    /** The order of {@code size} things that {@code rng} draws. */
    Permutation(long size, Rng rng) {
        this.size = size;
        int bits = Math.max(MIN_BITS, Long.SIZE - Long.numberOfLeadingZeros(size - 1));
        lowBits = bits / 2;
        lowMask = (1L << lowBits) - 1;
        highMask = (1L << bits - lowBits) - 1;
        for (int i = 0; i < ROUNDS; i++) keys[i] = rng.nextLong();
    }

    /** The number at {@code position} of this order; both in 0..size-1. */
    long at(long position) {
        long x = position;
        do x = permute(x);
        while (x >= size);
        return x;
    }

    private long permute(long x) {
        long high = x >>> lowBits;
        long low = x & lowMask;
        for (int i = 0; i < ROUNDS; i += 2) {
            high ^= hash(low, keys[i]) & highMask;
            low ^= hash(high, keys[i + 1]) & lowMask;
        }
        return high << lowBits | low;
    }

    private static long hash(long value, long key) {
        long z = (value ^ key) * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 32) * 0xD6E8FEB86659FD93L;
        return z ^ z >>> 32;
    }
}
