package dev.calotype.data.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes structures of Thrift's compact protocol.
 *
 * @see <a href="https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md">the protocol</a>
 */
final class ThriftWriter {
    private static final int I32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int last;

    ThriftWriter number(int field, int value) {
        head(field, I32);
        varint((value << 1 ^ value >> 31) & 0xFFFFFFFFL);
        return this;
    }

    ThriftWriter number(int field, long value) {
        head(field, ThriftReader.I64);
        varint(value << 1 ^ value >> 63);
        return this;
    }

    ThriftWriter text(int field, String value) {
        head(field, ThriftReader.BINARY);
        bytes(value);
        return this;
    }

    ThriftWriter struct(int field, ThriftWriter value) {
        head(field, ThriftReader.STRUCT);
        return append(value);
    }

    ThriftWriter structs(int field, Iterable<ThriftWriter> values) {
        int count = 0;
        for (ThriftWriter value : values) count++;
        list(field, count, ThriftReader.STRUCT);
        for (ThriftWriter value : values) append(value);
        return this;
    }

    ThriftWriter numbers(int field, int... values) {
        list(field, values.length, I32);
        for (int value : values) varint((value << 1 ^ value >> 31) & 0xFFFFFFFFL);
        return this;
    }

    ThriftWriter texts(int field, String... values) {
        list(field, values.length, ThriftReader.BINARY);
        for (String value : values) bytes(value);
        return this;
    }

    /** The whole structure. */
    byte[] bytes() {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes(out.toByteArray());
        whole.write(0);
        return whole.toByteArray();
    }

    private ThriftWriter append(ThriftWriter value) {
        out.writeBytes(value.bytes());
        return this;
    }

    private void list(int field, int count, int type) {
        head(field, ThriftReader.LIST);
        if (count < 15) out.write(count << 4 | type);
        else {
            out.write(0xF0 | type);
            varint(count);
        }
    }

    private void head(int field, int type) {
        out.write(field - last << 4 | type); // fields follow each other closely
        last = field;
    }

    private void bytes(String value) {
        byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
        varint(utf8.length);
        out.writeBytes(utf8);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
