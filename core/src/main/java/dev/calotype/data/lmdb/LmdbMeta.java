package dev.calotype.data.lmdb;

import dev.calotype.data.store.RandomFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One of the two meta pages that begin an environment, of which the younger one counts.
 *
 * @param pageSize in bytes, 512..32768
 * @param flags of the main database
 * @param depth of its tree, 0 if it is empty
 * @param entries that it claims to have
 * @param root the number of its first page
 * @param transaction the younger the higher
 */
record LmdbMeta(int pageSize, int flags, int depth, long entries, long root, long transaction) {
    private static final int BYTES = 152;
    private static final int MAGIC = 0xBEEFC0DE;
    private static final int VERSION = 1;
    private static final int META = 8;
    private static final int DUPLICATES = 4;
    private static final int OTHER_ORDER = 2 | 8;
    private static final int MOST_DEPTH = 32;

    /** The meta page that counts; both must be whole, as LMDB has it, or an older state would be read for the last one. */
    static LmdbMeta of(RandomFile file) throws IOException {
        LmdbMeta first = at(file, 0);
        LmdbMeta second = at(file, first.pageSize);
        return (second.transaction > first.transaction ? second : first).checked();
    }

    private static LmdbMeta at(RandomFile file, long position) throws IOException {
        if (position + BYTES > file.size()) throw new IOException("it ends within its first pages");
        ByteBuffer page = ByteBuffer.wrap(file.read(position, BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        if (page.getInt(16) != MAGIC || (page.getShort(10) & META) == 0)
            throw new IOException("no meta page stands at byte " + position);
        if (page.getInt(20) != VERSION)
            throw new IOException("its version of the format must be " + VERSION + ": " + page.getInt(20));
        int size = page.getInt(40);
        if (size < 512 || size > 32768 || Integer.bitCount(size) != 1)
            throw new IOException("its pages must have a power of two in 512..32768 bytes: " + size);
        return new LmdbMeta(
                size,
                page.getShort(92),
                Short.toUnsignedInt(page.getShort(94)),
                page.getLong(120),
                page.getLong(128),
                page.getLong(144));
    }

    private LmdbMeta checked() throws IOException {
        if ((flags & DUPLICATES) != 0) throw new IOException("several values of one key (dupsort) are not read");
        if ((flags & OTHER_ORDER) != 0) throw new IOException("keys that are numbers or reversed are not read");
        if (depth > MOST_DEPTH)
            throw new IOException("its tree must be at most " + MOST_DEPTH + " pages deep: " + depth);
        return this;
    }
}
