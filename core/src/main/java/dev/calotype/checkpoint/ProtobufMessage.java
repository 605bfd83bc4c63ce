package dev.calotype.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A message of Protocol Buffers as it lies in a file, of which nothing is read but what is asked for: a part of the file and no copy.
 *
 * @param window what reads the file
 * @param from its first byte
 * @param to the byte behind its last
 */
record ProtobufMessage(Window window, long from, long to) {
    private static final int LONGEST_TEXT = 4096;
    private static final int VARINT_BYTES = 10;

    /** What is done with each field of a message. */
    interface Visitor {
        void visit(Field field) throws IOException;
    }

    /**
     * A field as it is written.
     *
     * @param number what it is called
     * @param value of a number; of a text, bytes or a message their length
     * @param content of a text, bytes or a message where they lie; null for numbers
     */
    record Field(int number, long value, ProtobufMessage content) {
        /** The message, text or bytes. */
        ProtobufMessage required() throws IOException {
            if (content == null) throw new IOException("field " + number + " is a number where a message is due");
            return content;
        }

        /** The number. */
        long number64() throws IOException {
            if (content != null) throw new IOException("field " + number + " is a message where a number is due");
            return value;
        }
    }

    /** A file, read in pieces. */
    static final class Window {
        private final FileChannel file;
        private final ByteBuffer piece = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        private long start;

        Window(FileChannel file) {
            this.file = file;
            piece.limit(0);
        }

        private int at(long position) throws IOException {
            if (position < start || position >= start + piece.limit()) {
                piece.clear();
                start = position;
                while (piece.hasRemaining() && file.read(piece, start + piece.position()) > 0) {}
                piece.flip();
                if (piece.limit() == 0) throw new IOException("it is cut off at byte " + position);
            }
            return piece.get((int) (position - start)) & 0xff;
        }
    }

    /** The file as one message. */
    static ProtobufMessage of(FileChannel file) throws IOException {
        return new ProtobufMessage(new Window(file), 0, file.size());
    }

    /** The number of bytes. */
    long length() {
        return to - from;
    }

    /** Visits all fields in their order. */
    void forEach(Visitor visitor) throws IOException {
        long[] at = {from};
        while (at[0] < to) {
            long tag = varint(at), number = tag >>> 3;
            if (number < 1 || number > 1 << 29) throw damaged(at[0], "field " + number);
            Field field =
                    switch ((int) (tag & 7)) {
                        case 0 -> new Field((int) number, varint(at), null);
                        case 1 -> new Field((int) number, fixed(at, Long.BYTES), null);
                        case 2 -> part((int) number, at);
                        case 5 -> new Field((int) number, fixed(at, Integer.BYTES), null);
                        default -> throw damaged(at[0], "a field of type " + (tag & 7));
                    };
            visitor.visit(field);
        }
    }

    /** The numbers of a field that holds several one after the other, at most {@code most} of them. */
    long[] numbers(int most) throws IOException {
        long[] found = new long[most];
        int count = 0;
        for (long[] at = {from}; at[0] < to; found[count++] = varint(at))
            if (count == most) throw damaged(from, "more than " + most + " numbers");
        return Arrays.copyOf(found, count);
    }

    /** The text of a field. */
    String text() throws IOException {
        if (length() > LONGEST_TEXT) throw damaged(from, "a name of " + length() + " bytes");
        byte[] bytes = new byte[(int) length()];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) window.at(from + i);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The number of four bytes, a fraction, that begins this. */
    float fraction() throws IOException {
        return Float.intBitsToFloat((int) fixed(new long[] {from}, Integer.BYTES));
    }

    private Field part(int number, long[] at) throws IOException {
        long length = varint(at);
        if (length < 0 || length > to - at[0]) throw damaged(at[0], "a part of " + length + " bytes");
        ProtobufMessage part = new ProtobufMessage(window, at[0], at[0] + length);
        at[0] += length;
        return new Field(number, length, part);
    }

    private long varint(long[] at) throws IOException {
        long value = 0;
        for (int i = 0; i < VARINT_BYTES; i++) {
            if (at[0] >= to) throw damaged(at[0], "a number that does not end");
            int read = window.at(at[0]++);
            value |= (long) (read & 0x7f) << 7 * i;
            if (read < 0x80) return value;
        }
        throw damaged(at[0], "a number of more than " + VARINT_BYTES + " bytes");
    }

    private long fixed(long[] at, int bytes) throws IOException {
        if (bytes > to - at[0]) throw damaged(at[0], "a number that does not end");
        long value = 0;
        for (int i = 0; i < bytes; i++) value |= (long) window.at(at[0]++) << 8 * i;
        return value;
    }

    private IOException damaged(long position, String what) {
        return new IOException("at byte " + position + " is " + what);
    }
}
