package dev.calotype.settings;

/** A recipe that cannot be used; the message is one sentence for the person who wrote it. */
public final class RecipeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    /** @param message one sentence with the name, the value and what is allowed */
    public RecipeException(String message) {
        super(message);
    }

    /** {@link #RecipeException(String)} with what it was found by. */
    public RecipeException(String message, Throwable cause) {
        super(message, cause);
    }
}
