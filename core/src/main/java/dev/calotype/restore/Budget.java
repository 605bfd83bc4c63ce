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

    public Budget {
        if (!(seconds >= 0)) throw new IllegalArgumentException("seconds must be at least 0: " + seconds);
        if (iterations < 0) throw new IllegalArgumentException("iterations must be at least 0: " + iterations);
    }

    /** The number of iterations to plan with where the method wants {@code usual}. */
    public int iterationsOr(int usual) {
        return iterations == 0 ? usual : iterations;
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

        /** How much of the time has gone, 0..1; 0 where there is no limit. */
        public double share() {
            return limit > 0 ? Math.min(1, seconds() / limit) : 0;
        }
    }
}
