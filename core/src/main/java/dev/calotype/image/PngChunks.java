package dev.calotype.image;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.CRC32;

/** The chunks of a PNG file (ISO/IEC 15948, section 5): length, type, data, CRC-32. */
final class PngChunks {
    static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    private static final Set<String> DECISIVE = Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");
    private static final int AROUND = 12;
    private static final int DEPTH = 24; // in the data of IHDR, which comes first

    private PngChunks() {}

    interface Visitor {
        /** One chunk, whose {@code length} bytes of data begin at {@code from}. */
        void visit(String type, int from, int length) throws IOException;
    }

    /** Visits the chunks in order up to IEND, each after its CRC was found right. */
    static void walk(byte[] bytes, Visitor visitor) throws IOException {
        if (!Arrays.equals(SIGNATURE, Arrays.copyOf(bytes, SIGNATURE.length)))
            throw new IOException("it does not begin like a PNG file");
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        CRC32 crc = new CRC32();
        for (int at = SIGNATURE.length; ; ) {
            int left = bytes.length - at - AROUND;
            int length = left < 0 ? 0 : buffer.getInt(at);
            if (left < 0 || length < 0 || length > left) throw new IOException("it is truncated at byte " + at);
            String type = new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1);
            crc.reset();
            crc.update(bytes, at + 4, length + 4);
            if (buffer.getInt(at + 8 + length) != (int) crc.getValue())
                throw new IOException("the checksum of its chunk at byte " + at + " is wrong");
            visitor.visit(type, at + 8, length);
            if (type.equals("IEND")) return;
            at += AROUND + length;
        }
    }

    /** The bits of a sample; 0 in what is too short to say. */
    static int depth(byte[] bytes) {
        return bytes.length > DEPTH ? bytes[DEPTH] : 0;
    }

    /** The data of the first chunk of a type in a file whose checksums were found right; empty if it has none. */
    static byte[] first(byte[] bytes, String type) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        for (int at = SIGNATURE.length; at <= bytes.length - AROUND; ) {
            int length = buffer.getInt(at);
            if (length < 0 || length > bytes.length - at - AROUND) break;
            if (new String(bytes, at + 4, 4, StandardCharsets.ISO_8859_1).equals(type))
                return Arrays.copyOfRange(bytes, at + 8, at + 8 + length);
            at += AROUND + length;
        }
        return PictureFile.NONE;
    }

    /** The same file without the chunks that do not decide about pixels: no metadata, profiles or gamma. */
    static byte[] decisive(byte[] bytes) throws IOException {
        int[] end = {SIGNATURE.length};
        walk(bytes, (type, from, length) -> end[0] += DECISIVE.contains(type) ? length + AROUND : 0);
        if (end[0] == bytes.length) return bytes;
        ByteBuffer kept = ByteBuffer.allocate(end[0]).put(SIGNATURE);
        walk(bytes, (type, from, length) -> {
            if (DECISIVE.contains(type)) kept.put(bytes, from - 8, length + AROUND);
        });
        return kept.array();
    }

    static void write(DataOutputStream out, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.ISO_8859_1);
        CRC32 crc = new CRC32();
        crc.update(name);
        crc.update(data);
        out.writeInt(data.length);
        out.write(name);
        out.write(data);
        out.writeInt((int) crc.getValue());
    }
}
