package dev.calotype.data.store;

import dev.calotype.io.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** A tree of files, in a folder or in an archive, that can be read in any order and from several threads. */
public abstract sealed class FileStore implements Closeable permits FolderStore, TarStore, ZipStore {
    /** No picture, caption or label file is larger, whatever an archive claims. */
    public static final long MAX_BYTES = 256L << 20;

    private final String name;
    private final Listing listing = new Listing();

    FileStore(String name) {
        this.name = name;
    }

    /** The folder or archive, for messages. */
    public final String name() {
        return name;
    }

    /** The files that matter to an image data set, found when the store was opened. */
    public final Listing listing() {
        return listing;
    }

    /** Finds the files; called once. */
    abstract void list() throws IOException;

    /** The content of one of the listed files. */
    public abstract byte[] read(StoredFile file) throws IOException;

    /** {@code store} with its files found; it is closed if that fails. */
    static <S extends FileStore> S listed(S store) throws IOException {
        try {
            store.list();
            return store;
        } catch (IOException | RuntimeException e) {
            store.close();
            throw new IOException(store.name() + ": " + reason(e), e);
        }
    }

    /** Why something failed, also where a library leaves that unsaid. */
    public static String reason(Exception e) {
        return Reason.of(e);
    }

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
