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
 * that made the picture; {@link PictureFile} adds alpha and a colour profile. A file appears whole or not at all: it is written beside its place and then moved there.
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
        return encode(PictureFile.of(picture), text);
    }

    /** The content of a file that also holds alpha and a colour profile. */
    public static byte[] encode(PictureFile picture, Map<String, String> text) {
        ByteArrayOutputStream bytes =
                new ByteArrayOutputStream(picture.colours().pixels().length / 2 + 1024);
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

    private static byte[] header(PictureFile picture) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(picture.colours().width());
        out.writeInt(picture.colours().height());
        out.writeByte(8); // bits per sample
        out.writeByte((picture.colours().channels() == 1 ? 0 : 2) + (picture.hasAlpha() ? 4 : 0)); // grey, RGB; alpha
        out.write(new byte[3]); // deflate, adaptive filters, not interlaced
        return bytes.toByteArray();
    }

    /** Each row by the filter whose residuals have the least sum of magnitudes (the standard's own advice, 12.8). */
    private static byte[] deflated(PictureFile file) throws IOException {
        Picture picture = file.colours();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(picture.pixels().length / 2 + 64);
        int step = picture.channels() + (file.hasAlpha() ? 1 : 0);
        int stride = picture.width() * step;
        byte[] above = new byte[step + stride]; // rows begin with one black pixel: what the filters see left of them
        byte[] row = new byte[step + stride];
        byte[][] residuals = new byte[FILTERS][stride];
        try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
            for (int y = 0; y < picture.height(); y++) {
                fill(row, file, y);
                int best = 0;
                long least = Long.MAX_VALUE;
                for (int filter = 0; filter < FILTERS; filter++) {
                    filter(filter, row, above, residuals[filter]);
                    long sum = magnitude(residuals[filter]);
                    if (sum < least) best = filter;
                    least = Math.min(least, sum);
                }
                out.write(best);
                out.write(residuals[best]);
                byte[] swap = above;
                above = row;
                row = swap;
            }
        }
        return bytes.toByteArray();
    }

    private static void fill(byte[] row, PictureFile file, int y) {
        int channels = file.colours().channels();
        int width = file.colours().width();
        byte[] pixels = file.colours().pixels();
        if (!file.hasAlpha()) {
            System.arraycopy(pixels, y * width * channels, row, channels, width * channels);
            return;
        }
        for (int x = 0, to = channels + 1; x < width; x++) {
            int pixel = y * width + x;
            for (int c = 0; c < channels; c++) row[to++] = pixels[pixel * channels + c];
            row[to++] = file.alpha()[pixel];
        }
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
