package dev.calotype.studio.web;

import dev.calotype.settings.Check;

/**
 * How much one request may want.
 *
 * @param pixels of one picture that is drawn or restored
 * @param steps of one drawing
 * @param count pictures of one job
 * @param waiting jobs that may wait at a time
 * @param uploadBytes of one file that is sent
 * @param listeners how many may follow jobs at a time
 */
public record Limits(long pixels, int steps, int count, int waiting, long uploadBytes, int listeners) {
    /** What suits one machine with few users. */
    public static final Limits USUAL = new Limits(4096L * 4096, 1000, 64, 128, 64_000_000, 64);

    public Limits {
        Check.range("pixels", pixels, 64, 1e9);
        Check.range("steps", steps, 1, 100_000);
        Check.range("count", count, 1, 4096);
        Check.range("waiting", waiting, 1, 100_000);
        Check.range("uploadBytes", uploadBytes, 1000, 1e9);
        Check.range("listeners", listeners, 1, 1000);
    }
}
