package dev.calotype.data.numpy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * An array to be written, in C order and little-endian.
 *
 * @param type of the elements
 * @param shape the length of each axis
 * @param body writes the elements, as many bytes as type and shape say
 */
public record ArrayContent(ElementType type, long[] shape, Body body) {
    private static final int ALIGNMENT = 64;
    private static final int START = 10; // magic, version, length of the text
    private static final int BLOCK = 1 << 13;

    /** The elements that are written. */
    public enum ElementType {
        UINT8("|u1", 1),
        INT64("<i8", 8),
        FLOAT32("<f4", 4),
        FLOAT64("<f8", 8);

        private final String descr;
        private final int bytes;

        ElementType(String descr, int bytes) {
            this.descr = descr;
            this.bytes = bytes;
        }
    }

    /** Writes elements. */
    @FunctionalInterface
    public interface Body {
        void write(OutputStream out) throws IOException;
    }

    /** Numbers of 32 bits, float32. */
    public static ArrayContent of(float[] values, long... shape) {
        return new ArrayContent(
                ElementType.FLOAT32,
                shape,
                out -> write(values.length, out, (buffer, i) -> buffer.putFloat(values[i])));
    }

    /** Numbers of 64 bits, float64. */
    public static ArrayContent of(double[] values, long... shape) {
        return new ArrayContent(
                ElementType.FLOAT64,
                shape,
                out -> write(values.length, out, (buffer, i) -> buffer.putDouble(values[i])));
    }

    /** Whole numbers, int64. */
    public static ArrayContent of(long[] values, long... shape) {
        return new ArrayContent(
                ElementType.INT64, shape, out -> write(values.length, out, (buffer, i) -> buffer.putLong(values[i])));
    }

    private interface Put {
        void put(ByteBuffer buffer, int index);
    }

    private static void write(int count, OutputStream out, Put put) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BLOCK).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            put.put(buffer, i);
            if (buffer.hasRemaining() && i < count - 1) continue;
            out.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
    }

    /** The bytes of header and elements. */
    long bytes() {
        long elements = type.bytes;
        for (long axis : shape) elements = Math.multiplyExact(elements, axis);
        return Math.addExact(header().length, elements);
    }

    void write(OutputStream out) throws IOException {
        out.write(header());
        body.write(out);
    }

    /** Of version 1.0, padded so that the elements begin at a multiple of 64 bytes. */
    private byte[] header() {
        String axes = Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String text = "{'descr': '" + type.descr + "', 'fortran_order': False, 'shape': (" + axes
                + (shape.length == 1 ? ",), }" : "), }");
        int length = (START + text.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer header = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        header.put((byte) 0x93).put("NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1));
        header.putShort((short) (length - START)).put(text.getBytes(StandardCharsets.ISO_8859_1));
        while (header.position() < length - 1) header.put((byte) ' ');
        return header.put((byte) '\n').array();
    }
}
