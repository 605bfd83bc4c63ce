package dev.calotype.image;

import dev.calotype.io.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;

/**
 * Writes pictures as 8-bit PNG files (ISO/IEC 15948), grey or RGB, with a text of keys and values, such as the recipe
 * that made the picture. A file appears whole or not at all: it is written beside its place and then moved there.
 */
public final class PngFile {
    private static final Charset LATIN = StandardCharsets.ISO_8859_1;
    private static final int MAX_KEY = 79;
    private static final int FILTERS = 5;

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
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(picture.pixels().length / 2 + 1024);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.write(PngChunks.SIGNATURE);
            PngChunks.write(out, "IHDR", header(picture));
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
            throw new IOException(file + ": " + e.getMessage(), e);
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

    private static byte[] header(Picture picture) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(picture.width());
        out.writeInt(picture.height());
        out.writeByte(8); // bits per sample
        out.writeByte(picture.channels() == 1 ? 0 : 2); // grey or RGB
        out.write(new byte[3]); // deflate, adaptive filters, not interlaced
        return bytes.toByteArray();
    }

    /** Each row by the filter whose residuals have the least sum of magnitudes (the standard's own advice, 12.8). */
    private static byte[] deflated(Picture picture) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(picture.pixels().length / 2 + 64);
        int stride = picture.width() * picture.channels();
        byte[] best = new byte[stride];
        byte[] trial = new byte[stride];
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
            for (int y = 0; y < picture.height(); y++) {
                int bestFilter = 0;
                long least = Long.MAX_VALUE;
                for (int filter = 0; filter < FILTERS; filter++) {
                    long sum = filter(picture, y, filter, trial);
                    if (sum >= least) continue;
                    least = sum;
                    bestFilter = filter;
                    byte[] swap = best;
                    best = trial;
                    trial = swap;
                }
                out.write(bestFilter);
                out.write(best);
            }
        }
        return bytes.toByteArray();
    }

    private static long filter(Picture picture, int y, int filter, byte[] residuals) {
        byte[] pixels = picture.pixels();
        int step = picture.channels();
        int stride = residuals.length;
        int row = y * stride;
        long sum = 0;
        for (int i = 0; i < stride; i++) {
            int left = i < step ? 0 : pixels[row + i - step] & 0xFF;
            int up = y == 0 ? 0 : pixels[row + i - stride] & 0xFF;
            int corner = i < step || y == 0 ? 0 : pixels[row + i - stride - step] & 0xFF;
            int predicted =
                    switch (filter) {
                        case 0 -> 0;
                        case 1 -> left;
                        case 2 -> up;
                        case 3 -> (left + up) / 2;
                        default -> paeth(left, up, corner);
                    };
            residuals[i] = (byte) (pixels[row + i] - predicted);
            sum += Math.abs(residuals[i]);
        }
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
