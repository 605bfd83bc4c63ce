package dev.calotype.isolation;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;

/**
 * Work by code that may not survive what it reads, done by {@link Isolation} in a process of its own. A record of all that it needs,
 * with a constructor that reads from a {@link DataInputStream} what {@link #write} writes.
 *
 * @param <A> what comes of it
 */
public interface Isolated<A> {
    /** Who does it, such as {@code FFmpeg}. */
    String doer();

    /**
     * How long a file is waited for.
     *
     * @throws IOException if that is not to be known
     */
    Duration limit() throws IOException;

    /** Writes what it needs. */
    void write(DataOutputStream to) throws IOException;

    /**
     * Does it, in whatever process this is.
     *
     * @throws IOException if the file is damaged or not read
     */
    A work() throws IOException;

    /** Writes what came of it. */
    void tell(A answer, DataOutputStream to) throws IOException;

    /**
     * Reads what {@link #tell} wrote. The process that wrote it may be in the hands of a file: nothing is believed without a bound.
     *
     * @throws IOException if it cannot be what was asked for
     */
    A told(DataInputStream from) throws IOException;

    /**
     * The error that {@link #work} ended with.
     *
     * @param kind its class, without the package
     */
    default IOException failure(String kind, String message) {
        return new IOException(message);
    }

    /** Five minutes, and a second for each 100,000 bytes of the file: many times what a slow and busy machine takes. */
    static Duration limit(long bytes) {
        return Duration.ofMinutes(5).plusSeconds(bytes / 100_000);
    }
}
