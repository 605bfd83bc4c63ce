package dev.calotype.io;

/**
 * Does what an interrupt would spoil: it closes the channel that a thread writes to, and ends its waiting for data. The thread stays
 * interrupted, for those who ask later.
 */
public final class Uninterrupted {
    private Uninterrupted() {}

    /** What may be begun again from its start. */
    @FunctionalInterface
    public interface Work<E extends Exception> {
        void run() throws E;
    }

    /** {@link Work} that makes something. */
    @FunctionalInterface
    public interface Making<T, E extends Exception> {
        T make() throws E;
    }

    /** Does {@code work}, again if the thread was interrupted while it failed. */
    public static <E extends Exception> void run(Work<E> work) throws E {
        get(() -> {
            work.run();
            return null;
        });
    }

    /** What {@code work} makes, done again if the thread was interrupted while it failed. */
    public static <T, E extends Exception> T get(Making<T, E> work) throws E {
        boolean interrupted = Thread.interrupted();
        try {
            while (true)
                try {
                    return work.make();
                } catch (Exception e) { // of E, or unchecked
                    if (!Thread.interrupted()) throw e;
                    interrupted = true;
                }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }
}
