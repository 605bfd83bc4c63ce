package dev.calotype.data.parquet;

import java.io.IOException;

/**
 * Small numbers in runs and in packed groups of eight, Parquet's encoding RLE.
 *
 * @see <a href="https://parquet.apache.org/docs/file-format/data-pages/encodings/">Parquet, encodings</a>
 */
final class HybridReader {
    private final byte[] bytes;
    private final int end;
    private final int width;
    private int at;

    /** Reads numbers of {@code width} bits, 0..32, from the bytes {@code from} to {@code end - 1}. */
    HybridReader(byte[] bytes, int from, int end, int width) throws IOException {
        if (width < 0 || width > 32 || from > end || end > bytes.length)
            throw new IOException("a page of it is damaged: numbers of " + width + " bits");
        this.bytes = bytes;
        this.end = end;
        this.width = width;
        at = from;
    }

    /** The next numbers, as many as {@code target} has room for. */
    void read(int[] target) throws IOException {
        for (int i = 0; i < target.length; ) {
            int head = head();
            int left = target.length - i;
            if ((head & 1) == 0) {
                int run = Math.min(left, head >>> 1);
                int value = value();
                for (int k = 0; k < run; k++) target[i++] = value;
                if (run == 0 && head >>> 1 == 0) throw damaged();
            } else {
                long groups = head >>> 1;
                if (groups == 0) throw damaged();
                i = packed(target, i, (int) Math.min(left, groups * 8));
                at = (int) Math.min(end, at + groups * width);
            }
        }
    }

    private int packed(int[] target, int from, int count) throws IOException {
        if ((long) count * width > 8L * (end - at)) throw damaged();
        long bit = 8L * at;
        for (int i = 0; i < count; i++, bit += width) {
            long value = 0;
            int shift = (int) (bit & 7);
            int first = (int) (bit >>> 3);
            for (int k = 0; k < (shift + width + 7) / 8; k++) value |= (bytes[first + k] & 0xFFL) << 8 * k;
            target[from + i] = (int) (value >>> shift & (1L << width) - 1);
        }
        return from + count;
    }

    private int value() throws IOException {
        int value = 0;
        for (int k = 0; k < (width + 7) / 8; k++) value |= u8() << 8 * k;
        return value;
    }

    private int head() throws IOException {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int next = u8();
            value |= (next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw damaged();
    }

    private int u8() throws IOException {
        if (at >= end) throw damaged();
        return bytes[at++] & 0xFF;
    }

    private static IOException damaged() {
        return new IOException("a page of it is damaged: it ends within its numbers");
    }
}
