package dev.calotype.experiment;

/** A recipe that cannot be used; the message is one sentence for the person who wrote it. */
public final class RecipeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    RecipeException(String message) {
        super(message);
    }

    RecipeException(String message, Throwable cause) {
        super(message, cause);
    }
}
