package dev.calotype.data;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** A tree of files, in a folder or in an archive, that can be read in any order and from several threads. */
interface FileStore extends Closeable {
    /** No picture, caption or label file is larger, whatever an archive claims. */
    long MAX_BYTES = 256L << 20;

    /** The folder or archive, for messages. */
    String name();

    /** The files that matter to an image data set, found when the store was opened. */
    Listing listing();

    /** The content of one of the listed files. */
    byte[] read(StoredFile file) throws IOException;

    /** The size of {@code file} as an array length. */
    static int checkedSize(StoredFile file) throws IOException {
        if (file.size() < 0 || file.size() > MAX_BYTES)
            throw new IOException("claims " + file.size() + " bytes; at most " + MAX_BYTES + " are read");
        return (int) file.size();
    }

    /** Reads {@code file} from a stream that must hold exactly its size. */
    static byte[] readExactly(InputStream in, StoredFile file) throws IOException {
        int size = checkedSize(file);
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size || in.read() >= 0)
            throw new IOException("holds " + (bytes.length < size ? "fewer" : "more") + " than its " + size + " bytes");
        return bytes;
    }
}
