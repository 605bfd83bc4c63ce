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
 * @param resultBytes of what jobs have made, of which the oldest goes when there is more; 0 keeps all
 */
public record Limits(
        long pixels, int steps, int count, int waiting, long uploadBytes, int listeners, long resultBytes) {
    /** The fewest bytes of results, so that they stay for those who fetch them. */
    public static final long LEAST_RESULTS = 100_000_000;

    /** What suits one machine with few users. */
    public static final Limits USUAL = new Limits(4096L * 4096, 1000, 64, 128, 64_000_000, 64, 0);

    public Limits {
        Check.range("pixels", pixels, 64, 1e9);
        Check.range("steps", steps, 1, 100_000);
        Check.range("count", count, 1, 4096);
        Check.range("waiting", waiting, 1, 100_000);
        Check.range("uploadBytes", uploadBytes, 1000, 1e9);
        Check.range("listeners", listeners, 1, 1000);
        Check.that(
                resultBytes == 0 || resultBytes >= LEAST_RESULTS,
                "resultBytes must be 0 or at least " + LEAST_RESULTS,
                resultBytes);
    }
}
