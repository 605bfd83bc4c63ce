package dev.calotype.checkpoint;

import dev.calotype.io.Quoted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Where the entries of a zip file lie, for files whose entries are stored without compression, as torch.save writes
 * them: an entry is a range of the file, so there is nothing to unpack and no zip bomb to fear.
 */
final class ZipIndex {
    private static final int MAX_DIRECTORY = 1 << 25;
    private static final long NOT_HERE = 0xFFFFFFFFL; // the value is in the zip64 fields

    private final FileChannel file;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private record Entry(long header, long size, boolean stored) {}

    /** A range of the file. */
    record Range(long position, long size) {}

    ZipIndex(FileChannel file) throws IOException {
        this.file = file;
        Range directory = directory();
        if (directory.size > MAX_DIRECTORY)
            throw new IOException("the zip directory has " + directory.size + " bytes, at most " + MAX_DIRECTORY);
        requireInside(directory, "the zip directory");
        ByteBuffer bytes = NativeBytes.read(file, directory.position, (int) directory.size);
        while (bytes.hasRemaining()) readEntry(bytes);
    }

    /** The names of the entries, in the order of the directory. */
    Set<String> names() {
        return entries.keySet();
    }

    /** Where the content of an entry is. */
    Range range(String name) throws IOException {
        Entry entry = entries.get(name);
        if (entry == null) throw new IOException("the zip file has no entry " + Quoted.name(name));
        if (!entry.stored)
            throw new IOException(
                    "zip entry " + Quoted.name(name) + " is compressed or encrypted; torch.save only stores");
        requireInside(new Range(entry.header, 30), "entry " + Quoted.name(name));
        ByteBuffer local = NativeBytes.read(file, entry.header, 30);
        if (local.getInt(0) != 0x04034B50)
            throw new IOException("entry " + Quoted.name(name) + " is not where the zip directory says");
        Range range = new Range(entry.header + 30 + u16(local, 26) + u16(local, 28), entry.size);
        requireInside(range, "entry " + Quoted.name(name));
        return range;
    }

    private Range directory() throws IOException {
        int tail = (int) Math.min(file.size(), 22 + 0xFFFF);
        long start = file.size() - tail;
        ByteBuffer bytes = NativeBytes.read(file, start, tail);
        for (int i = tail - 22; i >= 0; i--) {
            if (bytes.getInt(i) != 0x06054B50 || i + 22 + u16(bytes, i + 20) != tail) continue;
            Range range = new Range(u32(bytes, i + 16), u32(bytes, i + 12));
            boolean zip64 = range.position == NOT_HERE || range.size == NOT_HERE || u16(bytes, i + 10) == 0xFFFF;
            return zip64 ? directory64(start + i - 20) : range;
        }
        throw new IOException("the end of the zip file is missing: it is cut off");
    }

    private Range directory64(long locator) throws IOException {
        requireInside(new Range(locator, 20), "the zip64 locator");
        ByteBuffer where = NativeBytes.read(file, locator, 20);
        Range end = new Range(where.getLong(8), 56);
        requireInside(end, "the zip64 end record");
        ByteBuffer record = NativeBytes.read(file, end.position, 56);
        if (where.getInt(0) != 0x07064B50 || record.getInt(0) != 0x06064B50)
            throw new IOException("the zip64 end record is damaged");
        return new Range(record.getLong(48), record.getLong(40));
    }

    private void readEntry(ByteBuffer bytes) throws IOException {
        int at = bytes.position();
        if (bytes.remaining() < 46 || bytes.getInt(at) != 0x02014B50)
            throw new IOException("the zip directory is damaged at byte " + at);
        int nameLength = u16(bytes, at + 28);
        int extraLength = u16(bytes, at + 30);
        int length = 46 + nameLength + extraLength + u16(bytes, at + 32);
        if (bytes.remaining() < length) throw new IOException("the zip directory is cut off");
        String name = new String(bytes.array(), at + 46, nameLength, StandardCharsets.UTF_8);
        long[] values = {u32(bytes, at + 24), u32(bytes, at + 20), u32(bytes, at + 42)};
        readZip64(bytes, at + 46 + nameLength, extraLength, values);
        boolean stored = u16(bytes, at + 10) == 0 && (u16(bytes, at + 8) & 1) == 0 && values[0] == values[1];
        if (entries.put(name, new Entry(values[2], values[0], stored)) != null)
            throw new IOException("the zip file has two entries " + Quoted.name(name));
        bytes.position(at + length);
    }

    /** Replaces the sizes and the offset that do not fit in 32 bits by those of the zip64 extra field. */
    private static void readZip64(ByteBuffer bytes, int from, int length, long[] values) throws IOException {
        for (int at = from; at + 4 <= from + length; at += 4 + u16(bytes, at + 2)) {
            if (u16(bytes, at) != 1) continue;
            int end = Math.min(at + 4 + u16(bytes, at + 2), from + length);
            int next = at + 4;
            for (int i = 0; i < values.length; i++) {
                if (values[i] != NOT_HERE) continue;
                if (next + 8 > end) throw new IOException("a zip64 field is cut off");
                values[i] = bytes.getLong(next);
                next += 8;
            }
            return;
        }
    }

    private void requireInside(Range range, String what) throws IOException {
        long size = file.size();
        if (range.position < 0 || range.size < 0 || range.position > size || range.size > size - range.position)
            throw new IOException(what + " lies outside the file of " + size + " bytes");
    }

    private static int u16(ByteBuffer bytes, int at) {
        return bytes.getShort(at) & 0xFFFF;
    }

    private static long u32(ByteBuffer bytes, int at) {
        return bytes.getInt(at) & 0xFFFFFFFFL;
    }
}
