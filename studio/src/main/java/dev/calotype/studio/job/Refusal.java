package dev.calotype.studio.job;

/** What cannot be done, with the answer of the web to it. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final String code;

    /**
     * @param status of HTTP, 4xx or 503
     * @param code a word for programs, in snake case
     * @param message one sentence
     */
    public Refusal(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    /** Nothing is there by that name. */
    public static Refusal missing(String what) {
        return new Refusal(404, "not_found", "there is no " + what);
    }

    /** Something of the studio's own that could not be written or read: 503. */
    public static Refusal notKept(String what, Exception cause) {
        Refusal refusal = new Refusal(
                503, "not_kept", what + " cannot be written or read just now, perhaps for want of room on the disk");
        refusal.initCause(cause);
        return refusal;
    }

    /** Of HTTP. */
    public int status() {
        return status;
    }

    /** For programs. */
    public String code() {
        return code;
    }
}
