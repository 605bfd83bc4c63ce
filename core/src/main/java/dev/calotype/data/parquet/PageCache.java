package dev.calotype.data.parquet;

import dev.calotype.data.store.RandomFile;
import dev.calotype.data.store.UnpackedFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Pages that were read last, of bounded memory. Of a large page the places of its values are kept, and its content in the file itself
 * or, where it is compressed, unpacked once into a folder. Safe for several threads.
 */
public final class PageCache {
    private static final int SMALL = 1 << 22;

    private final long most;
    private final UnpackedFiles folder;
    private final int small;
    private final Map<Key, DataPage> pages = new LinkedHashMap<>(16, 0.75f, true);
    private long held;

    /** Of a column of a file, the page at a place. */
    record Key(Object owner, long place) {}

    /** One that holds {@code most} bytes; pages of more than {@code small} bytes are large. */
    PageCache(long most, int small, UnpackedFiles folder) {
        this.most = most;
        this.small = small;
        this.folder = folder;
    }

    /** One that holds at most an eighth of Java's heap, and unpacks into {@code folder}. */
    public static PageCache ofHeap(UnpackedFiles folder) {
        return new PageCache(Runtime.getRuntime().maxMemory() / 8, SMALL, folder);
    }

    /** Makes a page. */
    interface Loading {
        DataPage load() throws IOException;
    }

    /** The page of a key, made if nobody has it; only one thread at a time makes a large one. */
    DataPage load(Key key, PageHeader header, Loading loading) throws IOException {
        if (header.length() <= small) return kept(key, loading);
        synchronized (folder) {
            DataPage meanwhile = find(key);
            return meanwhile != null ? meanwhile : kept(key, loading);
        }
    }

    private DataPage kept(Key key, Loading loading) throws IOException {
        DataPage page = loading.load();
        keep(key, page);
        return page;
    }

    /** Throws for a page that does not fit into Java's memory as it lies in the file and unpacked. */
    void requireRoom(PageHeader header) throws IOException {
        long wanted = (long) header.packed() + header.length(), room = 4 * most;
        if (wanted > room)
            throw new IOException("a page of it takes " + wanted + " bytes, and " + room
                    + " are allowed: write it again with fewer rows in a page (pyarrow: write_batch_size)");
    }

    /** The values of a page whose content lies at {@code base} of a file, in files if they are large. */
    PageValues settled(PageValues values, RandomFile file, Codec codec, long base, byte[] content) throws IOException {
        if (content.length <= small || values.from() == null) return values;
        if (codec == Codec.UNCOMPRESSED) return values.in(Content.ofFile(file.path(), base));
        Path unpacked = folder.unpacked(file.path(), "page " + base, new ByteArrayInputStream(content));
        return values.in(Content.ofFile(unpacked, 0));
    }

    synchronized DataPage find(Key key) {
        return pages.get(key);
    }

    private synchronized void keep(Key key, DataPage page) {
        if (pages.put(key, page) == null) held += page.size();
        Iterator<DataPage> eldest = pages.values().iterator();
        while (held > most && pages.size() > 1) {
            held -= eldest.next().size();
            eldest.remove();
        }
    }
}
