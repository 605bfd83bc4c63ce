package dev.calotype.cluster;

/** What went wrong on a cluster, in one sentence. */
public final class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ClusterException(String message, Throwable cause) {
        super(message, cause);
    }
}
