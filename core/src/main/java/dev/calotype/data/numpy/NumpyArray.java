package dev.calotype.data.numpy;

import dev.calotype.data.store.FileStore;
import dev.calotype.data.store.RandomFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One array in a file: an {@code .npy}, or one that lies unpacked in an {@code .npz}.
 *
 * @param name for messages, the file's and perhaps the entry's
 * @param entry what the array is called
 * @param file that holds it
 * @param offset where its header begins
 * @param length the bytes of header and elements
 * @param header what it claims
 */
public record NumpyArray(String name, String entry, RandomFile file, long offset, long length, NumpyHeader header)
        implements Closeable {
    private static final int LABELS_AT_ONCE = 1 << 16;

    public static NumpyArray of(String name, String entry, RandomFile file, long offset, long length)
            throws IOException {
        try {
            return new NumpyArray(name, entry, file, offset, length, NumpyHeader.read(file, offset, length));
        } catch (IOException e) {
            throw new IOException(name + " " + FileStore.reason(e), e);
        }
    }

    /** Whether it has as many axes as several pictures. */
    public boolean mayBePictures() {
        return header.shape().size() == 3 || header.shape().size() == 4;
    }

    /** Whether it holds one whole number for each of {@code count} pictures. */
    public boolean mayBeLabelsOf(int count) {
        boolean column = header.shape().size() == 2 && header.shape().get(1) == 1;
        return header.integerBytes() > 0
                && (header.shape().size() == 1 || column)
                && header.shape().get(0) == count;
    }

    /** The place of its first element, once its length is as it claims. */
    public long elements(int bytesOfElement) throws IOException {
        long claimed = bytesOfElement;
        try {
            for (int axis : header.shape()) claimed = Math.multiplyExact(claimed, (long) axis);
        } catch (ArithmeticException overflow) {
            claimed = Long.MAX_VALUE;
        }
        if (claimed != length - header.bytes())
            throw new IOException(name + " claims the shape " + header.shapeInWords() + ", which takes " + claimed
                    + " bytes, but has " + (length - header.bytes()) + ": it is damaged or incomplete");
        return offset + header.bytes();
    }

    /** The whole numbers as text, those below 0 as null. */
    public String[] labels() throws IOException {
        int bytes = header.integerBytes();
        long from = elements(bytes);
        String[] labels = new String[header.shape().get(0)];
        byte[] block = {};
        for (int i = 0; i < labels.length; i++) {
            int at = i % LABELS_AT_ONCE;
            if (at == 0)
                block = file.read(from + (long) i * bytes, bytes * Math.min(LABELS_AT_ONCE, labels.length - i));
            long label = number(block, at * bytes, bytes);
            labels[i] = label < 0 ? null : Long.toString(label).intern();
        }
        return labels;
    }

    /**
     * The floating-point numbers, of 32 or 64 bits, in the order in which they lie.
     *
     * @param most how many are allowed
     */
    public double[] numbers(int most) throws IOException {
        int bytes = header.type().matches("[<>|=]f[48]") ? header.type().charAt(2) - '0' : 0;
        if (bytes == 0)
            throw new IOException(name + " must hold numbers of the type float32 or float64: " + header.type());
        long from = elements(bytes);
        long count = (length - header.bytes()) / bytes;
        if (count > most) throw new IOException(name + " has " + count + " numbers; at most " + most + " are read");
        ByteBuffer in = ByteBuffer.wrap(file.read(from, (int) count * bytes));
        in.order(header.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        double[] numbers = new double[(int) count];
        for (int i = 0; i < numbers.length; i++) numbers[i] = bytes == 8 ? in.getDouble() : in.getFloat();
        return numbers;
    }

    /** The bytes of its elements, which are of one byte each. */
    public byte[] bytes(int most) throws IOException {
        long from = elements(1);
        if (length - header.bytes() > most) throw new IOException(name + " has more than " + most + " bytes");
        return file.read(from, (int) (length - header.bytes()));
    }

    private long number(byte[] block, int at, int bytes) {
        long number = header.isSigned() && block[header.isBigEndian() ? at : at + bytes - 1] < 0 ? -1 : 0;
        for (int i = 0; i < bytes; i++)
            number = number << 8 | block[header.isBigEndian() ? at + i : at + bytes - 1 - i] & 0xFF;
        return number;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
