package dev.calotype.data;

/** More samples of a data set are corrupt than {@link Batches.Plan#tolerance} allows; the message names the first. */
public final class CorruptDataException extends RuntimeException {
    private static final long serialVersionUID = 1;

    CorruptDataException(String message) {
        super(message);
    }
}
