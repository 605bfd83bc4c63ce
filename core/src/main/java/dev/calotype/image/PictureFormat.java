package dev.calotype.image;

import dev.calotype.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A kind of picture file that is written, told by the end of its name: PNG and TIFF with all of their bits, 8 or 16, WebP without loss, JPEG of
 * quality 95. Alpha goes into PNG, TIFF and WebP (where colours under full transparency are free), a colour profile and the texts that
 * say where a picture comes from into all of them. A file appears whole or not at all.
 */
public enum PictureFormat {
    PNG("PNG", List.of("png"), Integer.MAX_VALUE),
    JPEG("JPEG", List.of("jpg", "jpeg"), 65_535),
    WEBP("WebP", List.of("webp"), 16_383),
    TIFF("TIFF", List.of("tif", "tiff"), Integer.MAX_VALUE);

    private static final String ALLOWED = ".png, .jpg, .jpeg, .webp, .tif or .tiff";

    private final String word;
    private final List<String> extensions;
    private final int longestSide;

    PictureFormat(String word, List<String> extensions, int longestSide) {
        this.word = word;
        this.extensions = extensions;
        this.longestSide = longestSide;
    }

    /** The format that the end of a name asks for, in letters of any case; empty if it is none that is written. */
    public static Optional<PictureFormat> ofName(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(format -> format.extensions.stream().anyMatch(e -> lower.endsWith("." + e)))
                .findFirst();
    }

    /**
     * The format of a file that is to be written.
     *
     * @throws IllegalArgumentException if its name ends in none, or in one that cannot be written here
     */
    public static PictureFormat of(Path file) {
        PictureFormat format = ofName(file.toString())
                .orElseThrow(() -> new IllegalArgumentException("a picture is written to " + ALLOWED + ": " + file));
        if (format == WEBP && !Leptonica.PRESENT)
            throw new IllegalArgumentException(
                    "WebP wants the native library of org.bytedeco:leptonica for this platform,"
                            + " which is not on the class path; take .png or .jpg: " + file);
        return format;
    }

    /** Throws IllegalArgumentException for a picture that has too many pixels a side, or transparency that would be lost. */
    public void requireFits(int width, int height, boolean alpha) {
        if (Math.max(width, height) > longestSide)
            throw new IllegalArgumentException("a " + word + " picture has at most " + longestSide
                    + " pixels a side, take .png: " + width + " x " + height);
        if (alpha && this == JPEG)
            throw new IllegalArgumentException(
                    "JPEG holds no transparency, which this picture has: take .png, .tif or .webp");
    }

    /**
     * The content of a file.
     *
     * @param text keys of 1 to 79 Latin-1 characters to values of any characters
     * @throws IllegalArgumentException if the format cannot hold the picture: {@link #requireFits}
     */
    public byte[] encode(PictureFile picture, Map<String, String> text) throws IOException {
        requireFits(picture.colours().width(), picture.colours().height(), picture.hasAlpha());
        return switch (this) {
            case PNG -> PngFile.encode(picture, text);
            case JPEG -> JpegFile.encode(picture, text);
            case WEBP -> WebPFile.encode(picture, text);
            case TIFF -> TiffFile.encode(PixelRows.of(picture), text);
        };
    }

    /** Whether it holds 16 bits per channel. */
    public boolean isDeep() {
        return this == PNG || this == TIFF;
    }

    /**
     * Writes a picture in the format of the file's name, over an older file of that name if there is one.
     *
     * @throws IOException if the folder is absent or not writable; there is then no new file
     */
    public static void write(Path file, PictureFile picture, Map<String, String> text) throws IOException {
        AtomicFile.write(file, of(file).encode(picture, text));
    }

    /** {@link #write} of 16 bits per channel, or of 8 in a format that holds no more. */
    public static void write(Path file, DeepFile picture, Map<String, String> text) throws IOException {
        PictureFormat format = of(file);
        if (!format.isDeep()) {
            write(file, picture.coarse(), text);
            return;
        }
        PixelRows rows = PixelRows.of(picture);
        AtomicFile.write(file, format == PNG ? PngFile.encode(rows, text) : TiffFile.encode(rows, text));
    }

    /** {@link #write} of an opaque picture in sRGB. */
    public static void write(Path file, Picture picture, Map<String, String> text) throws IOException {
        write(file, PictureFile.of(picture), text);
    }

    /** What people call it. */
    @Override
    public String toString() {
        return word;
    }

    /**
     * A picture as PNG and TIFF store it: rows of samples, most significant byte first, colours before alpha.
     *
     * @param channels of the colours, 1 or 3
     * @param alpha samples of alpha in a pixel, 0 or 1
     * @param bytes of a sample, 1 or 2
     * @param profile empty for none
     */
    record PixelRows(int width, int height, int channels, int alpha, int bytes, byte[] profile, Rows rows) {
        /** Writes row {@code y} into {@code to}, from {@code at} on. */
        interface Rows {
            void read(int y, byte[] to, int at);
        }

        static PixelRows of(PictureFile file) {
            Picture picture = file.colours();
            int channels = picture.channels(), stride = picture.width() * channels;
            Rows opaque = (y, to, at) -> System.arraycopy(picture.pixels(), y * stride, to, at, stride);
            Rows rows = (y, to, at) -> {
                int pixel = y * picture.width();
                for (int end = pixel + picture.width(), i = at; pixel < end; pixel++) {
                    for (int c = 0; c < channels; c++) to[i++] = picture.pixels()[pixel * channels + c];
                    to[i++] = file.alpha()[pixel];
                }
            };
            boolean alpha = file.hasAlpha();
            return new PixelRows(
                    picture.width(),
                    picture.height(),
                    channels,
                    alpha ? 1 : 0,
                    1,
                    file.profile(),
                    alpha ? rows : opaque);
        }

        static PixelRows of(DeepFile file) {
            DeepPicture picture = file.colours();
            int channels = picture.channels(), alpha = file.hasAlpha() ? 1 : 0;
            Rows rows = (y, to, at) -> {
                int pixel = y * picture.width();
                for (int end = pixel + picture.width(), i = at; pixel < end; pixel++)
                    for (int c = 0; c < channels + alpha; c++) {
                        int value = c < channels ? picture.samples()[pixel * channels + c] : file.alpha()[pixel];
                        to[i++] = (byte) (value >> Byte.SIZE);
                        to[i++] = (byte) value;
                    }
            };
            return new PixelRows(picture.width(), picture.height(), channels, alpha, 2, file.profile(), rows);
        }

        /** Samples of a pixel. */
        int samples() {
            return channels + alpha;
        }

        /** Bytes of a pixel. */
        int step() {
            return samples() * bytes;
        }

        /** Bytes of a row. */
        int stride() {
            return Math.multiplyExact(width, step());
        }

        void read(int y, byte[] to, int at) {
            rows.read(y, to, at);
        }
    }
}
