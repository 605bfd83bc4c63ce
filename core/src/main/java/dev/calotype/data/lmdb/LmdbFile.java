package dev.calotype.data.lmdb;

import dev.calotype.data.store.FileStore;
import dev.calotype.data.store.RandomFile;
import dev.calotype.io.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;

/**
 * The main database of an environment of LMDB 0.9 on a 64-bit little-endian machine, as {@code data.mdb} holds it. Opening goes
 * through its tree once and remembers eight bytes for each entry; a value is read when it is asked for. No page is visited
 * twice and none outside the file, so that neither time nor memory grows beyond what the file has.
 *
 * <p>Why not a library: those of the JVM load LMDB's own code, which trusts what a file claims.
 *
 * @see <a href="https://git.openldap.org/openldap/openldap/-/blob/mdb.master/libraries/liblmdb/mdb.c">the format, as LMDB's source has it</a>
 */
public final class LmdbFile implements Closeable {
    /** Decides which entries are kept. */
    @FunctionalInterface
    public interface Choice {
        /** Whether to keep the entry of this key; {@code value} is null where it lies in pages of its own. */
        boolean takes(String key, byte[] value);
    }

    private static final int FIRST = 2;

    private final RandomFile file;
    private final LmdbMeta meta;
    private final long pages;
    private final BitSet visited = new BitSet();
    private long[] entries = new long[16];
    private int size;
    private long seen;

    private LmdbFile(RandomFile file, Choice choice) throws IOException {
        this.file = file;
        meta = LmdbMeta.of(file);
        pages = Math.min(file.size() / meta.pageSize(), Integer.MAX_VALUE);
        if (meta.depth() > 0) walk(meta.root(), meta.depth(), choice);
        if (seen != meta.entries()) throw new IOException("it claims " + meta.entries() + " entries and holds " + seen);
    }

    /**
     * Opens a file and finds its entries, in the order of their keys.
     *
     * @throws IOException in one sentence that names it, if it is not whole or of a kind that is not read
     */
    public static LmdbFile open(Path path, Choice choice) throws IOException {
        RandomFile file = new RandomFile(path);
        try {
            return new LmdbFile(file, choice);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw new IOException(path + " is no LMDB environment that can be read: " + Reason.of(e), e);
        }
    }

    /** The number of entries that were kept. */
    public int size() {
        return size;
    }

    /** The key of an entry in words. */
    public String key(int entry) throws IOException {
        long place = place(entry);
        return new LmdbKey(page(place >>> 16).key((int) (place & 0xFFFF))).toString();
    }

    /** The value of an entry. */
    public byte[] value(int entry) throws IOException {
        long place = place(entry);
        LmdbPage page = page(place >>> 16);
        int node = (int) (place & 0xFFFF);
        if (!page.isBig(node)) return page.value(node);
        long first = page.bigPage(node);
        long bytes = page.size(node);
        checkBig(first, bytes);
        long from = first * meta.pageSize();
        ByteBuffer header = ByteBuffer.wrap(file.read(from, LmdbPage.HEADER)).order(ByteOrder.LITTLE_ENDIAN);
        long room = Integer.toUnsignedLong(header.getInt(12)) * meta.pageSize() - LmdbPage.HEADER;
        if (header.getLong(0) != first || (header.getShort(10) & LmdbPage.OVERFLOW) == 0 || room < bytes)
            throw new IOException("page " + first + " holds no value of " + bytes + " bytes");
        return file.read(from + LmdbPage.HEADER, (int) bytes);
    }

    private long place(int entry) {
        return entries[Objects.checkIndex(entry, size)];
    }

    private void walk(long number, int depth, Choice choice) throws IOException {
        if (number < FIRST || number >= pages) throw new IOException(beyond(number));
        if (visited.get((int) number)) throw new IOException("two ways lead to page " + number);
        visited.set((int) number);
        LmdbPage page = page(number);
        if (page.isLeaf() != (depth == 1)) throw new IOException("page " + number + " lies at a wrong depth");
        for (int node = 0; node < page.count(); node++)
            if (!page.isLeaf()) walk(page.child(node), depth - 1, choice);
            else note(page, number, node, choice);
    }

    private void note(LmdbPage page, long number, int node, Choice choice) throws IOException {
        boolean big = page.isBig(node);
        if (big) checkBig(page.bigPage(node), page.size(node));
        seen++;
        if (!choice.takes(new LmdbKey(page.key(node)).toString(), big ? null : page.value(node))) return;
        if (size == entries.length) entries = Arrays.copyOf(entries, 2 * size);
        entries[size++] = number << 16 | node;
    }

    private void checkBig(long first, long bytes) throws IOException {
        if (bytes > FileStore.MAX_BYTES)
            throw new IOException("a value claims " + bytes + " bytes; at most " + FileStore.MAX_BYTES + " are read");
        long count = (LmdbPage.HEADER + bytes + meta.pageSize() - 1) / meta.pageSize();
        boolean inside = first >= FIRST && first < pages && count <= pages - first;
        if (!inside) throw new IOException(beyond(first));
    }

    private LmdbPage page(long number) throws IOException {
        return new LmdbPage(number, file.read(number * meta.pageSize(), meta.pageSize()));
    }

    private String beyond(long number) {
        return "page " + Long.toUnsignedString(number) + " lies outside the " + pages + " pages that it has: it may be"
                + " incomplete, get it again";
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
