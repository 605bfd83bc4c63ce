package dev.calotype.studio.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/** What a work that is running tells of itself, and is told. */
public interface JobRun {
    /** What somebody wants of a running work. */
    enum Signal {
        PAUSE,
        CANCEL
    }

    /**
     * Tells how far it has come.
     *
     * @param unit what is counted, such as {@code steps}
     */
    void progress(long done, long of, String unit);

    /** The same for a work that knows better how many seconds are left. */
    void progress(long done, long of, String unit, double secondsLeft);

    /**
     * Shows what a result looks like so far.
     *
     * @param png the content of a small PNG file
     */
    void preview(int index, byte[] png);

    /** Whether anybody looks at previews. */
    boolean isWatched();

    /**
     * Keeps a result as a file, the next by number.
     *
     * @param extension of its name, such as {@code png}
     * @param settings what it says of how it was made
     */
    void result(byte[] content, String extension, ObjectNode settings) throws IOException;

    /** Tells a line for people. */
    void log(String line);

    /** What the work has to know when it goes on after a pause or a restart; empty at first. */
    ObjectNode memory();

    /** Keeps {@link #memory}. */
    void remember(ObjectNode memory);

    /** Whether it was cancelled. */
    boolean isCancelled();

    /** Throws CancellationException if it was cancelled. */
    default void check() {
        if (isCancelled()) throw new CancellationException("cancelled");
    }

    /** Says who is told of signals, at once if there was one already; by any thread. */
    void onSignal(Consumer<Signal> listener);
}
