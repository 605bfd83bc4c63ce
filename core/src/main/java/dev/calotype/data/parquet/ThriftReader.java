package dev.calotype.data.parquet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads structures of Thrift's compact protocol field by field. What nobody asks for is skipped, and nothing is allocated that the
 * bytes do not bear out.
 *
 * @see <a href="https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md">the protocol</a>
 */
final class ThriftReader {
    static final int TRUE = 1, FALSE = 2, BYTE = 3, I64 = 6, DOUBLE = 7, BINARY = 8, LIST = 9, SET = 10, MAP = 11;
    static final int STRUCT = 12, UUID = 13;
    private static final int MAX_DEPTH = 32;

    private final byte[] bytes;
    private int at;
    private int depth;

    ThriftReader(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Takes the fields that it knows. */
    @FunctionalInterface
    interface Fields {
        /** Reads the value of field {@code id}, or returns false without touching it. */
        boolean read(int id, Value value) throws IOException;
    }

    /** Reads one element of a list. */
    @FunctionalInterface
    interface Element {
        void read(Value value) throws IOException;
    }

    /** A value that is about to be read. */
    final class Value {
        private final int type;

        private Value(int type) {
            this.type = type;
        }

        long number() throws IOException {
            require(type >= BYTE && type <= I64);
            if (type == BYTE) return (byte) u8();
            long zigzag = varint();
            return zigzag >>> 1 ^ -(zigzag & 1);
        }

        int small() throws IOException {
            long number = number();
            require(number == (int) number);
            return (int) number;
        }

        boolean truth() throws IOException {
            require(type == TRUE || type == FALSE);
            return type == TRUE;
        }

        String text() throws IOException {
            require(type == BINARY);
            int length = length();
            at += length;
            return new String(bytes, at - length, length, StandardCharsets.UTF_8);
        }

        /** True, so that the last line of a reader of fields may be one. */
        boolean struct(Fields fields) throws IOException {
            require(type == STRUCT);
            fields(fields);
            return true;
        }

        boolean list(Element element) throws IOException {
            require(type == LIST || type == SET);
            int head = u8();
            long count = head >>> 4 == 15 ? varint() : head >>> 4;
            require(count >= 0 && count <= bytes.length - at);
            Value each = new Value(head & 15);
            for (long i = 0; i < count; i++) element.read(each);
            return true;
        }

        private void skip() throws IOException {
            switch (type) {
                case TRUE, FALSE -> {}
                case DOUBLE -> advance(8);
                case UUID -> advance(16);
                case BINARY -> advance(length());
                case LIST, SET -> list(Value::skipElement);
                case MAP -> skipMap();
                case STRUCT -> fields((id, value) -> false);
                default -> number();
            }
        }

        /** In a list, truth takes a byte. */
        private void skipElement() throws IOException {
            if (type == TRUE || type == FALSE) advance(1);
            else skip();
        }

        private void skipMap() throws IOException {
            long count = varint();
            require(count >= 0 && count <= bytes.length - at);
            int types = count == 0 ? 0 : u8();
            for (long i = 0; i < count; i++) {
                new Value(types >>> 4).skipElement();
                new Value(types & 15).skipElement();
            }
        }
    }

    /** Reads a structure that begins here. */
    void fields(Fields fields) throws IOException {
        require(++depth <= MAX_DEPTH);
        int id = 0;
        for (int head; (head = u8()) != 0; ) {
            long zigzag = head >>> 4 == 0 ? varint() : 0;
            id = head >>> 4 == 0 ? (int) (zigzag >>> 1 ^ -(zigzag & 1)) : id + (head >>> 4);
            require(id > 0);
            Value value = new Value(head & 15);
            if (!fields.read(id, value)) value.skip();
        }
        depth--;
    }

    /** How many bytes were read so far. */
    int position() {
        return at;
    }

    private int length() throws IOException {
        long length = varint();
        if (length < 0 || length > bytes.length - at) throw new EndOfBytes();
        return (int) length;
    }

    private void advance(int count) throws IOException {
        if (count > bytes.length - at) throw new EndOfBytes();
        at += count;
    }

    private int u8() throws IOException {
        if (at >= bytes.length) throw new EndOfBytes();
        return bytes[at++] & 0xFF;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = u8();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
        throw new IOException("a number in it has more than ten bytes");
    }

    private void require(boolean sound) throws IOException {
        if (!sound) throw new IOException("it is not laid out as Parquet is, near byte " + at + " of a header");
    }

    /** More bytes may help. */
    static final class EndOfBytes extends IOException {
        private static final long serialVersionUID = 1;

        EndOfBytes() {
            super("it ends within a header");
        }
    }
}
