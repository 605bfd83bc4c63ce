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
 * A kind of picture file that is written, told by the end of its name: PNG with all of its bits, WebP without loss, JPEG of
 * quality 95. Alpha goes into PNG and WebP (where colours under full transparency are free), a colour profile and the texts that
 * say where a picture comes from into all of them. A file appears whole or not at all.
 */
public enum PictureFormat {
    PNG("PNG", List.of("png"), Integer.MAX_VALUE),
    JPEG("JPEG", List.of("jpg", "jpeg"), 65_535),
    WEBP("WebP", List.of("webp"), 16_383);

    private static final String ALLOWED = ".png, .jpg, .jpeg or .webp";

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
                    "JPEG holds no transparency, which this picture has: take .png or .webp");
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
        };
    }

    /**
     * Writes a picture in the format of the file's name, over an older file of that name if there is one.
     *
     * @throws IOException if the folder is absent or not writable; there is then no new file
     */
    public static void write(Path file, PictureFile picture, Map<String, String> text) throws IOException {
        AtomicFile.write(file, of(file).encode(picture, text));
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
}
