package dev.calotype.io;

/**
 * The Java heap has no room for a picture at present. Nothing is said about the file, which may be in order: it is never counted as a
 * damaged one, and ends the whole work.
 */
public final class HeapFullException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private HeapFullException(String message, Throwable cause) {
        super(message, cause);
    }

    /** @param cause what Java says of it */
    public static HeapFullException of(Throwable cause) {
        return new HeapFullException(
                "a picture needs more memory than is left of the Java heap of "
                        + (Runtime.getRuntime().maxMemory() >> 20) + " MB: give Java more by -Xmx",
                cause);
    }

    /** Whether it is the heap that is full: of native memory, threads and the like other messages tell. */
    public static boolean isMeant(OutOfMemoryError e) {
        String message = String.valueOf(e.getMessage());
        return message.startsWith("Java heap space") || message.startsWith("GC overhead");
    }

    /** The same with the name of the picture. */
    public HeapFullException naming(String picture) {
        return new HeapFullException(picture + ": " + getMessage(), this);
    }
}
