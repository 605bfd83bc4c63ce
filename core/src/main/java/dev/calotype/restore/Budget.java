package dev.calotype.restore;

/**
 * When a restoration ends at the latest: after a time or a number of iterations, whichever comes first.
 *
 * @param seconds of the clock, at least 0; 0 for any
 * @param iterations at least 0; 0 for what the method wants by itself
 */
public record Budget(double seconds, int iterations) {
    /** As long as the method wants. */
    public static final Budget UNLIMITED = new Budget(0, 0);

    private static final double MOMENT = 1e-3; // seconds

    public Budget {
        if (!(seconds >= 0)) throw new IllegalArgumentException("seconds must be at least 0: " + seconds);
        if (iterations < 0) throw new IllegalArgumentException("iterations must be at least 0: " + iterations);
    }

    /** The number of iterations to plan with where the method wants {@code usual}. */
    public int iterationsOr(int usual) {
        return iterations == 0 ? usual : iterations;
    }

    /**
     * A part of it: what is unlimited stays so.
     *
     * @param part in (0, 1]
     */
    public Budget part(double part) {
        if (!(part > 0 && part <= 1)) throw new IllegalArgumentException("part must be in (0, 1]: " + part);
        return new Budget(seconds * part, (int) Math.ceil(iterations * part));
    }

    /** What is left of it after some time and some iterations, at least a moment and one iteration. */
    public Budget after(double secondsSpent, int iterationsMade) {
        return new Budget(
                seconds == 0 ? 0 : Math.max(MOMENT, seconds - secondsSpent),
                iterations == 0 ? 0 : Math.max(1, iterations - iterationsMade));
    }

    /** Starts the clock. */
    public Clock start() {
        return new Clock(seconds, System.nanoTime());
    }

    /**
     * Time that runs.
     *
     * @param limit seconds, 0 for any
     */
    public record Clock(double limit, long begun) {
        /** Since the start. */
        public double seconds() {
            return (System.nanoTime() - begun) * 1e-9;
        }

        /** Whether the time is up. */
        public boolean over() {
            return limit > 0 && seconds() >= limit;
        }

        /** Whether the time is up before {@code more} seconds have gone. */
        public boolean over(double more) {
            return limit > 0 && seconds() + more >= limit;
        }

        /** How much of the time has gone, 0..1; 0 where there is no limit. */
        public double share() {
            return limit > 0 ? Math.min(1, seconds() / limit) : 0;
        }
    }
}
