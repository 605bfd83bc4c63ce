package dev.calotype.collect;

import java.io.IOException;

/** Why one row became no picture. */
final class CollectException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Cause cause;
    private final long waitMillis;

    CollectException(Cause cause, String detail) {
        this(cause, detail, 0);
    }

    /** @param waitMillis how long the host asks to wait before the next try; 0 where it does not say */
    CollectException(Cause cause, String detail, long waitMillis) {
        super(detail);
        this.cause = cause;
        this.waitMillis = waitMillis;
    }

    Cause why() {
        return cause;
    }

    long waitMillis() {
        return waitMillis;
    }

    /** Whether nobody was there. */
    boolean isOfNobody() {
        return cause == Cause.CONNECTION || cause == Cause.SILENT;
    }

    /** Whether another try may end otherwise. */
    boolean isPassing() {
        return switch (cause) {
            case CONNECTION, SILENT, TIME, BUSY, SERVER -> true;
            default -> false;
        };
    }
}
