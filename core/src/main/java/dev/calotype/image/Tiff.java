package dev.calotype.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * What the JDK's TIFF reader does not check: that the first directory and all that it points to lie inside the file
 * (TIFF 6.0, section 2). A truncated file would otherwise be read with default tags or without its last strips.
 */
final class Tiff {
    private static final int[] TYPE_SIZES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
    private static final int ENTRY = 12;
    private static final int[][] EXTENTS = {{273, 279}, {324, 325}}; // offsets and byte counts of strips, of tiles

    private final ByteBuffer file;
    private final Map<Integer, Integer> entries = new HashMap<>();

    private Tiff(byte[] bytes) {
        file = ByteBuffer.wrap(bytes).order(bytes[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    }

    static byte[] checked(byte[] bytes) throws IOException {
        if (bytes.length < 8) throw new IOException("it ends inside its header");
        Tiff tiff = new Tiff(bytes);
        tiff.readDirectory();
        for (int[] tags : EXTENTS) tiff.requireExtents(tags[0], tags[1]);
        return bytes;
    }

    private void readDirectory() throws IOException {
        long directory = Integer.toUnsignedLong(file.getInt(4));
        requireInside(directory, 2);
        int count = Short.toUnsignedInt(file.getShort((int) directory));
        requireInside(directory + 2, (long) count * ENTRY);
        for (int i = 0; i < count; i++) {
            int entry = (int) directory + 2 + i * ENTRY;
            requireInside(values(entry), count(entry) * typeSize(entry));
            entries.put(Short.toUnsignedInt(file.getShort(entry)), entry);
        }
    }

    private void requireExtents(int offsetsTag, int lengthsTag) throws IOException {
        Integer offsets = entries.get(offsetsTag);
        Integer lengths = entries.get(lengthsTag);
        if (offsets == null || lengths == null) return;
        long count = Math.min(count(offsets), count(lengths));
        for (int i = 0; i < count; i++) requireInside(value(offsets, i), value(lengths, i));
    }

    private void requireInside(long from, long length) throws IOException {
        if (from + length > file.limit())
            throw new IOException("it points to byte " + (from + length) + " but has " + file.limit());
    }

    private int typeSize(int entry) {
        int type = Short.toUnsignedInt(file.getShort(entry + 2));
        return type < TYPE_SIZES.length ? TYPE_SIZES[type] : 0;
    }

    private long count(int entry) {
        return Integer.toUnsignedLong(file.getInt(entry + 4));
    }

    /** Where the values of an entry begin: in place if they fit in four bytes. */
    private long values(int entry) {
        boolean inPlace = count(entry) * typeSize(entry) <= 4;
        return inPlace ? entry + 8 : Integer.toUnsignedLong(file.getInt(entry + 8));
    }

    private long value(int entry, int index) {
        int at = (int) values(entry) + index * typeSize(entry);
        return typeSize(entry) == 2 ? Short.toUnsignedInt(file.getShort(at)) : Integer.toUnsignedLong(file.getInt(at));
    }
}
