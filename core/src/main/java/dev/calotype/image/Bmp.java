package dev.calotype.image;

import java.io.IOException;

/** What the JDK's BMP reader does not check. */
final class Bmp {
    private static final int HEADER_SIZE = 14;
    private static final int COMPRESSION = 30;

    private Bmp() {}

    /** Refuses a whole JPEG or PNG file inside, whose size the outer header does not tell. */
    static byte[] checked(byte[] bytes) throws IOException {
        if (bytes.length < COMPRESSION + 4) throw new IOException("it ends inside its header");
        boolean hasCompression = bytes[HEADER_SIZE] >= 40;
        int compression = bytes[COMPRESSION];
        if (hasCompression && (compression < 0 || compression > 3))
            throw new IOException("compression " + compression + " is not one of 0..3");
        return bytes;
    }
}
