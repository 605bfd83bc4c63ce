package dev.calotype.image;

import java.io.IOException;

/** A picture file that may be in order, but is of a kind that is not read here; its message says of which. */
public final class UnsupportedPictureException extends IOException {
    private static final long serialVersionUID = 1;

    UnsupportedPictureException(String message) {
        super(message);
    }

    UnsupportedPictureException(String message, Throwable cause) {
        super(message, cause);
    }
}
