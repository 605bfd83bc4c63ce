package dev.calotype.collective;

/** Another process of a training has died, hangs or cannot be reached: what was being computed together is lost. */
public final class LostRanksException extends RuntimeException {
    private static final long serialVersionUID = 1;

    LostRanksException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The same, with what is to be said besides. */
    public LostRanksException and(String more) {
        return new LostRanksException(getMessage() + "; " + more, this);
    }
}
