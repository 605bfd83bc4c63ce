package dev.calotype.studio.job;

import java.util.Locale;

/** How far a job has come. */
public enum State {
    QUEUED,
    RUNNING,
    /** It waits for somebody to let it go on. */
    PAUSED,
    DONE,
    FAILED,
    CANCELLED,
    /** The process died while it ran, and it was not to be tried again. */
    INTERRUPTED;

    /** Whether nothing will come of it any more. */
    public boolean isOver() {
        return this != QUEUED && this != RUNNING && this != PAUSED;
    }

    /** Its name in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static State of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
