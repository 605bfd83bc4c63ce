package dev.calotype.image;

import dev.calotype.image.PictureFormat.PixelRows;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.Reason;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.Adler32;
import java.util.zip.Deflater;

/**
 * Writes pictures as PNG files (ISO/IEC 15948) of 8 or 16 bits, grey or RGB, with a text of keys and values, such as the recipe
 * that made the picture; {@link PictureFile} and {@link DeepFile} add alpha and a colour profile. Large pictures are packed in bands by
 * all cores, which makes one stream. A file appears whole or not at all: it is written beside its place and then moved there.
 */
public final class PngFile {
    private static final Charset LATIN = StandardCharsets.ISO_8859_1;
    private static final int MAX_KEY = 79;
    private static final int FILTERS = 5;
    private static final int BAND = 1 << 20; // bytes that are packed by themselves, more or less
    private static final int LARGE = 12 << 20; // bytes of a picture that is packed with less care:
    private static final int QUICK = 4; // of a photograph, in less than a third of the time to a twentieth more
    private static final int HEAD = 2, SUM = 4, ADLER = 65521;

    private PngFile() {}

    /**
     * Writes a picture without text, over an older file of that name if there is one.
     *
     * @throws IOException if the folder is absent or not writable; there is then no new file
     */
    public static void write(Path file, Picture picture) throws IOException {
        write(file, picture, Map.of());
    }

    /**
     * Writes a picture with a text, over an older file of that name if there is one.
     *
     * @param text keys of 1 to 79 Latin-1 characters to values of any characters
     * @throws IOException if the folder is absent or not writable; there is then no new file
     */
    public static void write(Path file, Picture picture, Map<String, String> text) throws IOException {
        AtomicFile.write(file, encode(picture, text));
    }

    /** The content of a file that {@link #write} writes. */
    public static byte[] encode(Picture picture, Map<String, String> text) {
        return encode(PictureFile.of(picture), text);
    }

    /** The content of a file that also holds alpha and a colour profile. */
    public static byte[] encode(PictureFile picture, Map<String, String> text) {
        return encode(PixelRows.of(picture), text);
    }

    static byte[] encode(PixelRows picture, Map<String, String> text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(PngChunks.SIGNATURE);
            PngChunks.write(out, "IHDR", header(picture));
            if (picture.profile().length > 0) PngChunks.write(out, "iCCP", Profiles.chunk(picture.profile()));
            for (Map.Entry<String, String> entry : text.entrySet()) writeText(out, entry.getKey(), entry.getValue());
            PngChunks.write(out, "IDAT", deflated(picture));
            PngChunks.write(out, "IEND", new byte[0]);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return bytes.toByteArray();
    }

    /**
     * The text of a PNG file: its uncompressed tEXt and iTXt chunks in order.
     *
     * @throws IOException if the file is absent, not PNG or damaged
     */
    public static Map<String, String> text(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Map<String, String> text = new LinkedHashMap<>();
        try {
            PngChunks.walk(bytes, (type, from, length) -> readText(text, type, new String(bytes, from, length, LATIN)));
        } catch (IOException e) {
            throw new IOException(file + ": " + Reason.of(e), e);
        }
        return Collections.unmodifiableMap(text);
    }

    private static void readText(Map<String, String> text, String type, String data) {
        int end = data.indexOf('\0');
        if (end < 1) return;
        String key = data.substring(0, end);
        if (type.equals("tEXt")) text.put(key, data.substring(end + 1));
        if (!type.equals("iTXt") || data.length() < end + 3 || data.charAt(end + 1) != 0) return;
        int language = data.indexOf('\0', end + 3);
        int translation = language < 0 ? -1 : data.indexOf('\0', language + 1);
        if (translation >= 0)
            text.put(key, new String(data.substring(translation + 1).getBytes(LATIN), StandardCharsets.UTF_8));
    }

    private static void writeText(DataOutputStream out, String key, String value) throws IOException {
        boolean valid = !key.isBlank()
                && key.equals(key.strip())
                && key.length() <= MAX_KEY
                && LATIN.newEncoder().canEncode(key)
                && key.chars().noneMatch(c -> c < ' ');
        if (!valid) throw new IllegalArgumentException("a PNG key has 1 to 79 Latin-1 characters: '" + key + "'");
        if (LATIN.newEncoder().canEncode(value) && value.indexOf('\0') < 0)
            PngChunks.write(out, "tEXt", (key + '\0' + value).getBytes(LATIN));
        else PngChunks.write(out, "iTXt", (key + "\0\0\0\0\0" + value).getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] header(PixelRows picture) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(picture.width());
        out.writeInt(picture.height());
        out.writeByte(picture.bytes() * Byte.SIZE);
        out.writeByte((picture.channels() == 1 ? 0 : 2) + 4 * picture.alpha()); // grey, RGB; alpha
        out.write(new byte[3]); // deflate, adaptive filters, not interlaced
        return bytes.toByteArray();
    }

    /** Some rows, packed, and the checksum (RFC 1950) of so many bytes before that. */
    private record Band(byte[] packed, long sum, long length) {}

    /** One stream of bands, each of which is packed by itself. */
    private static byte[] deflated(PixelRows picture) {
        int rows = Math.max(1, Math.min(picture.height(), BAND / (picture.stride() + 1)));
        int count = (picture.height() + rows - 1) / rows;
        Band[] bands = new Band[count];
        IntStream.range(0, count)
                .parallel()
                .forEach(i ->
                        bands[i] = band(picture, i * rows, Math.min(picture.height(), (i + 1) * rows), i == count - 1));
        int total = Arrays.stream(bands).mapToInt(band -> band.packed.length).reduce(HEAD + SUM, Math::addExact);
        ByteBuffer stream = ByteBuffer.allocate(total).putShort((short) 0x789C);
        long sum = 1;
        for (Band band : bands) {
            stream.put(band.packed);
            sum = together(sum, band.sum, band.length);
        }
        return stream.putInt((int) sum).array();
    }

    /** Each row by the filter whose residuals have the least sum of magnitudes (the standard's own advice, 12.8). */
    private static Band band(PixelRows picture, int from, int to, boolean last) {
        int step = picture.step(), stride = picture.stride();
        byte[] above = new byte[step + stride]; // rows begin with one black pixel: what the filters see left of them
        byte[] row = new byte[step + stride];
        if (from > 0) picture.read(from - 1, above, step);
        byte[][] residuals = new byte[FILTERS][stride];
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((to - from) * stride / 2 + 64);
        boolean large = (long) picture.height() * stride > LARGE;
        Deflater deflater = new Deflater(large ? QUICK : Deflater.DEFAULT_COMPRESSION, true);
        Adler32 sum = new Adler32();
        byte[] packed = new byte[1 << 14];
        try {
            for (int y = from; y < to; y++) {
                picture.read(y, row, step);
                int best = best(row, above, residuals);
                for (byte[] part : new byte[][] {{(byte) best}, residuals[best]}) {
                    sum.update(part);
                    deflater.setInput(part);
                    while (!deflater.needsInput()) bytes.write(packed, 0, deflater.deflate(packed));
                }
                byte[] swap = above;
                above = row;
                row = swap;
            }
            if (last) deflater.finish();
            for (int n = packed.length; last ? !deflater.finished() : n == packed.length; ) {
                n = deflater.deflate(packed, 0, packed.length, last ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH);
                bytes.write(packed, 0, n);
            }
        } finally {
            deflater.end();
        }
        return new Band(bytes.toByteArray(), sum.getValue(), (long) (to - from) * (stride + 1));
    }

    /** The checksum of bytes with one checksum and {@code length} more with another. */
    private static long together(long first, long second, long length) {
        long low = (first & 0xFFFF) + (second & 0xFFFF) + ADLER - 1;
        long high = (first >> 16) + (second >> 16) + length % ADLER * ((first & 0xFFFF) + ADLER - 1);
        return high % ADLER << 16 | low % ADLER;
    }

    private static int best(byte[] row, byte[] above, byte[][] residuals) {
        int best = 0;
        long least = Long.MAX_VALUE;
        for (int filter = 0; filter < FILTERS; filter++) {
            filter(filter, row, above, residuals[filter]);
            long sum = magnitude(residuals[filter]);
            if (sum < least) best = filter;
            least = Math.min(least, sum);
        }
        return best;
    }

    private static void filter(int filter, byte[] row, byte[] above, byte[] to) {
        int n = to.length;
        int s = row.length - n; // the step from a pixel to its neighbour
        switch (filter) {
            case 0 -> System.arraycopy(row, s, to, 0, n);
            case 1 -> {
                for (int i = 0; i < n; i++) to[i] = (byte) (row[i + s] - row[i]);
            }
            case 2 -> {
                for (int i = 0; i < n; i++) to[i] = (byte) (row[i + s] - above[i + s]);
            }
            case 3 -> {
                for (int i = 0; i < n; i++)
                    to[i] = (byte) (row[i + s] - ((row[i] & 0xFF) + (above[i + s] & 0xFF) >> 1));
            }
            default -> {
                for (int i = 0; i < n; i++)
                    to[i] = (byte) (row[i + s] - paeth(row[i] & 0xFF, above[i + s] & 0xFF, above[i] & 0xFF));
            }
        }
    }

    private static long magnitude(byte[] residuals) {
        long sum = 0;
        for (byte residual : residuals) sum += Math.abs(residual);
        return sum;
    }

    private static int paeth(int left, int up, int corner) {
        int toLeft = Math.abs(up - corner);
        int toUp = Math.abs(left - corner);
        int toCorner = Math.abs(left + up - 2 * corner);
        if (toLeft <= toUp && toLeft <= toCorner) return left;
        return toUp <= toCorner ? up : corner;
    }
}
