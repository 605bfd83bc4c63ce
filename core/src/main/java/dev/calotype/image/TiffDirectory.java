package dev.calotype.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The first directory of a TIFF file (TIFF 6.0, section 2), or of a BigTIFF file, whose numbers have 64 bits. It and all
 * that it points to lie inside the file.
 */
final class TiffDirectory {
    private static final int[] TYPE_SIZES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
    private static final int SHORT = 3;
    private static final int BIG = 43;
    private static final long MOST = 1L << 40; // whose bytes are a number still

    private final ByteBuffer file;
    private final boolean big;
    private final Map<Integer, Integer> entries = new TreeMap<>();

    /**
     * Reads the directory.
     *
     * @throws IOException if it is damaged
     */
    TiffDirectory(byte[] bytes) throws IOException {
        if (bytes.length < 8) throw new IOException("it ends inside its header");
        file = ByteBuffer.wrap(bytes).order(bytes[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        big = file.getShort(2) == BIG;
        if (big && bytes.length < 16) throw new IOException("it ends inside its header");
        if (big && file.getShort(4) != 8) throw new IOException("its offsets have " + file.getShort(4) + " bytes");
        long directory = big ? file.getLong(8) : Integer.toUnsignedLong(file.getInt(4));
        requireInside(directory, big ? 8 : 2);
        long count = big ? file.getLong((int) directory) : Short.toUnsignedInt(file.getShort((int) directory));
        long first = directory + (big ? 8 : 2);
        if (count > bytes.length) throw new IOException("it has " + bytes.length + " bytes for " + count + " tags");
        requireInside(first, count * entrySize());
        for (int i = 0; i < count; i++) {
            int entry = (int) first + i * entrySize();
            long values = count(entry);
            if (values < 0 || values > MOST)
                throw new IOException("it has " + bytes.length + " bytes for " + values + " values of a tag");
            requireInside(values(entry), values * typeSize(entry));
            entries.put(Short.toUnsignedInt(file.getShort(entry)), entry);
        }
    }

    boolean isBig() {
        return big;
    }

    boolean has(int tag) {
        return entries.containsKey(tag);
    }

    /** The numbers of a tag; none if it is absent. */
    long[] numbers(int tag) throws IOException {
        Integer entry = entries.get(tag);
        if (entry == null) return new long[0];
        int size = typeSize(entry), from = (int) values(entry);
        if (size != 1 && size != 2 && size != 4 && size != 8)
            throw new IOException("the numbers of tag " + tag + " are of a type that is unknown");
        long[] numbers = new long[(int) count(entry)];
        for (int i = 0; i < numbers.length; i++)
            numbers[i] = switch (size) {
                case 1 -> Byte.toUnsignedLong(file.get(from + i));
                case 2 -> Short.toUnsignedLong(file.getShort(from + 2 * i));
                case 4 -> Integer.toUnsignedLong(file.getInt(from + 4 * i));
                default -> file.getLong(from + 8 * i);
            };
        return numbers;
    }

    /** The first number of a tag. */
    long number(int tag, long ifAbsent) throws IOException {
        long[] numbers = numbers(tag);
        return numbers.length == 0 ? ifAbsent : numbers[0];
    }

    /** The bytes of a tag; none if it is absent or of numbers. */
    byte[] bytes(int tag) {
        Integer entry = entries.get(tag);
        if (entry == null || typeSize(entry) != 1) return PictureFile.NONE;
        int from = (int) values(entry);
        return Arrays.copyOfRange(file.array(), from, from + (int) count(entry));
    }

    /** Requires that parts of the file, such as strips, lie inside it. */
    void requireInside(int offsetsTag, int lengthsTag) throws IOException {
        long[] offsets = numbers(offsetsTag), lengths = numbers(lengthsTag);
        for (int i = 0; i < Math.min(offsets.length, lengths.length); i++) requireInside(offsets[i], lengths[i]);
    }

    /**
     * The same file with a directory that has these tags alone and is the only one, so that a reader comes to nothing that was
     * not looked at.
     *
     * @param changed a tag of 16-bit numbers that shall all be {@code value}
     */
    byte[] with(Set<Integer> tags, int changed, int value) throws IOException {
        Map<Integer, Integer> kept = new TreeMap<>(entries);
        kept.keySet().retainAll(tags);
        int times = numbers(changed).length;
        int start = file.limit() + (file.limit() & 1);
        int directory = start + 8 * (times / 4 + 1);
        int size = (big ? 16 : 6) + kept.size() * entrySize();
        byte[] to = Arrays.copyOf(file.array(), directory + size);
        ByteBuffer out = ByteBuffer.wrap(to).order(file.order());
        out.position(start);
        for (int i = 0; i < times; i++) out.putShort((short) value);
        out.position(directory);
        if (big) out.putLong(kept.size());
        else out.putShort((short) kept.size());
        for (Map.Entry<Integer, Integer> entry : kept.entrySet())
            if (entry.getKey() == changed) putShorts(out, changed, times, start);
            else out.put(file.array(), entry.getValue(), entrySize());
        if (big) out.putLong(8, directory);
        else out.putInt(4, directory);
        return to;
    }

    private void putShorts(ByteBuffer out, int tag, int count, int from) {
        out.putShort((short) tag).putShort((short) SHORT);
        if (big) out.putLong(count);
        else out.putInt(count);
        int room = big ? 8 : 4;
        if (2 * count > room) {
            if (big) out.putLong(from);
            else out.putInt(from);
        } else {
            out.put(Arrays.copyOf(Arrays.copyOfRange(out.array(), from, from + 2 * count), room));
        }
    }

    private void requireInside(long from, long length) throws IOException {
        if (from < 0 || length < 0 || from > file.limit() || length > file.limit() - from)
            throw new IOException("it points to byte " + (from + length) + " but has " + file.limit());
    }

    private int entrySize() {
        return big ? 20 : 12;
    }

    private int typeSize(int entry) {
        int type = Short.toUnsignedInt(file.getShort(entry + 2));
        return type < TYPE_SIZES.length ? TYPE_SIZES[type] : 0;
    }

    private long count(int entry) {
        return big ? file.getLong(entry + 4) : Integer.toUnsignedLong(file.getInt(entry + 4));
    }

    /** Where the values of an entry begin: in place if they fit. */
    private long values(int entry) {
        boolean inPlace = count(entry) * typeSize(entry) <= (big ? 8 : 4);
        if (big) return inPlace ? entry + 12 : file.getLong(entry + 12);
        return inPlace ? entry + 8 : Integer.toUnsignedLong(file.getInt(entry + 8));
    }
}
