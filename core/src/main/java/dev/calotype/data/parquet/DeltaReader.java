package dev.calotype.data.parquet;

import java.io.IOException;

/** Whole numbers as differences in blocks, Parquet's encoding DELTA_BINARY_PACKED. */
final class DeltaReader {
    private final byte[] bytes;
    private int at;

    DeltaReader(byte[] bytes, int from) {
        this.bytes = bytes;
        at = from;
    }

    /** All numbers, which must be {@code count}. */
    long[] read(int count) throws IOException {
        long block = varint(), parts = varint(), total = varint();
        long first = zigzag();
        boolean sound = parts > 0 && block > 0 && block <= 1 << 20 && block % parts == 0 && block / parts % 8 == 0;
        if (!sound || total != count)
            throw new IOException("a page of it is damaged: it claims " + total + " numbers instead of " + count);
        long[] numbers = new long[count];
        if (count > 0) numbers[0] = first;
        int each = (int) (block / parts);
        for (int i = 1; i < count; ) {
            long least = zigzag();
            int widths = at;
            at += (int) parts;
            for (int part = 0; part < parts && i < count; part++) {
                int width = u8(widths + part);
                if (width > 64) throw damaged();
                int some = Math.min(each, count - i);
                for (int k = 0; k < some; k++, i++)
                    numbers[i] = numbers[i - 1] + least + bits(8L * at + (long) k * width, width);
                at += each / 8 * width;
            }
        }
        return numbers;
    }

    /** Where the numbers end. */
    int position() {
        return at;
    }

    private long bits(long from, int width) throws IOException {
        long value = 0;
        for (int done = 0; done < width; ) {
            int shift = (int) (from + done & 7);
            int some = Math.min(8 - shift, width - done);
            value |= (long) (u8((int) (from + done >>> 3)) >>> shift & (1 << some) - 1) << done;
            done += some;
        }
        return value;
    }

    private long zigzag() throws IOException {
        long value = varint();
        return value >>> 1 ^ -(value & 1);
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = u8(at++);
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw damaged();
    }

    private int u8(int index) throws IOException {
        if (index < 0 || index >= bytes.length) throw damaged();
        return bytes[index] & 0xFF;
    }

    private static IOException damaged() {
        return new IOException("a page of it is damaged: it ends within its numbers");
    }
}
