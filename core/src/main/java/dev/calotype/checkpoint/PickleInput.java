package dev.calotype.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle program: counted, and never more than {@link #MAX_BYTES}. */
final class PickleInput {
    /** The longest program that is read; the tensors' values do not count. */
    static final int MAX_BYTES = 1 << 25;

    private final InputStream in;
    private int position;

    PickleInput(InputStream in) {
        this.in = in;
    }

    /** The number of bytes read so far. */
    int position() {
        return position;
    }

    int unsignedByte() throws IOException {
        return bytes(1)[0] & 0xFF;
    }

    /** An unsigned little-endian number of up to 8 bytes; 8 bytes with the highest bit set are refused as too large. */
    long unsigned(int count) throws IOException {
        byte[] bytes = bytes(count);
        long value = 0;
        for (int i = count - 1; i >= 0; i--) value = value << 8 | bytes[i] & 0xFF;
        if (value < 0) throw new IOException("the length " + Long.toUnsignedString(value) + " is too large");
        return value;
    }

    byte[] bytes(long count) throws IOException {
        if (count > MAX_BYTES - position)
            throw new IOException("the pickle program is longer than " + MAX_BYTES + " bytes");
        byte[] bytes = in.readNBytes((int) count);
        position += bytes.length;
        if (bytes.length < count) throw new EOFException("the pickle program ends too early, at byte " + position);
        return bytes;
    }

    String utf8(long count) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes(count)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException("a text before byte " + position + " is not UTF-8", e);
        }
    }

    /** The rest of a line of ASCII, at most 500 letters. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = unsignedByte(); c != '\n'; c = unsignedByte()) {
            if (line.length() == 500) throw new IOException("a name is longer than 500 letters");
            line.append((char) c);
        }
        return line.toString();
    }
}
