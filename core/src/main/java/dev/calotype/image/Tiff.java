package dev.calotype.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What the JDK's TIFF reader does not check: that the first directory and all that it points to lie inside the file
 * (TIFF 6.0, section 2), for a truncated file would be read with default tags or without its last strips; and that what
 * it allocates follows from the size of the picture, which depth and JPEG strips of another size would escape.
 */
final class Tiff {
    private static final int[] TYPE_SIZES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
    private static final int ENTRY = 12;
    private static final int BITS_PER_SAMPLE = 258;
    private static final int MAX_BITS = 16;
    private static final int COMPRESSION = 259;
    private static final int OLD_JPEG = 6;
    private static final int JPEG = 7;
    private static final int ORIENTATION = 274;
    private static final int PROFILE = 34675;
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
        tiff.requireDepth();
        tiff.requireNoJpeg();
        return bytes;
    }

    /** The bytes of the colour profile; empty if there is none. */
    static byte[] profile(byte[] bytes) throws IOException {
        if (bytes.length < 8) throw new IOException("it ends inside its header");
        Tiff tiff = new Tiff(bytes);
        tiff.readDirectory();
        Integer entry = tiff.entries.get(PROFILE);
        if (entry == null || tiff.typeSize(entry) != 1) return PictureFile.NONE;
        int from = (int) tiff.values(entry);
        return Arrays.copyOfRange(bytes, from, from + (int) tiff.count(entry));
    }

    /** How the camera was held; 1 if the file does not say. */
    static int orientation(byte[] bytes) throws IOException {
        if (bytes.length < 8) return 1;
        Tiff tiff = new Tiff(bytes);
        tiff.readDirectory();
        Integer entry = tiff.entries.get(ORIENTATION);
        return entry == null ? 1 : (int) tiff.value(entry, 0);
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

    private void requireDepth() throws IOException {
        Integer depth = entries.get(BITS_PER_SAMPLE);
        for (int i = 0; depth != null && i < count(depth); i++)
            if (value(depth, i) < 1 || value(depth, i) > MAX_BITS)
                throw new UnsupportedPictureException(
                        "samples of " + value(depth, i) + " bits, 1 to " + MAX_BITS + " are supported");
    }

    private void requireNoJpeg() throws IOException {
        Integer compression = entries.get(COMPRESSION);
        if (compression == null) return;
        long method = value(compression, 0);
        if (method == OLD_JPEG || method == JPEG)
            throw new UnsupportedPictureException("JPEG strips are not supported");
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

    private long value(int entry, int index) throws IOException {
        int at = (int) values(entry) + index * typeSize(entry);
        return switch (typeSize(entry)) {
            case 1 -> Byte.toUnsignedLong(file.get(at));
            case 2 -> Short.toUnsignedLong(file.getShort(at));
            case 4 -> Integer.toUnsignedLong(file.getInt(at));
            default -> throw new IOException("a number is stored in " + typeSize(entry) + " bytes");
        };
    }
}
