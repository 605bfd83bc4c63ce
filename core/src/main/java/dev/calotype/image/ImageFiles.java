package dev.calotype.image;

import dev.calotype.io.HeapFullException;
import dev.calotype.io.Reason;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;

/**
 * Decodes PNG, JPEG, GIF and WebP (first frame), AVIF, HEIC, BMP and TIFF (first page, without JPEG inside) files, recognised by their content.
 *
 * <p>One rule makes 8-bit grey or RGB of everything:
 *
 * <ul>
 *   <li>a sample {@code v} of another depth, of maximum {@code m}, becomes {@code (v * 255 + m / 2) / m} in integers; a
 *       palette is looked up;
 *   <li>alpha {@code a} is laid over white: {@code (v * a + 255 * (255 - a) + 127) / 255};
 *   <li>CMYK becomes RGB by {@code (C * K + 127) / 255} on inverted inks, as Adobe stores them; YCCK goes through
 *       CMYK;
 *   <li>grey of RGB is Pillow's luma {@code (R * 19595 + G * 38470 + B * 7471 + 0x8000) >> 16}; RGB of grey repeats it.
 * </ul>
 *
 * Samples are taken as sRGB: nobody applies colour profiles or gamma chunks. A picture that a camera
 * says it took on its side (the tag of TIFF, Exif in JPEG, PNG and WebP, the turns of HEIF) is turned. PNG
 * values are exact; JPEG values are those of libjpeg, WebP values those of libwebp, those of AVIF and HEIC FFmpeg's. A first frame
 * that is smaller than its canvas lies on a transparent one.
 *
 * <p>Files are not trusted: a header that promises more pixels than the limit is refused before anything of that size
 * is allocated, metadata are dropped unread, and a truncated or damaged file is an {@link IOException} of one sentence,
 * never half a picture.
 */
public final class ImageFiles {
    /** The largest picture decoded unless the caller says otherwise, in pixels. */
    public static final long MAX_PIXELS = 100_000_000;

    private static final long MAX_BYTES = 1L << 29;

    private ImageFiles() {}

    /**
     * Decodes a file of at most {@link #MAX_PIXELS} pixels and 512 MiB.
     *
     * @param channels 1 (grey) or 3 (RGB)
     * @throws UnsupportedPictureException if it is of a kind that is not read, or has too many pixels
     * @throws IOException if the file is absent, unknown, damaged or too large
     */
    public static Picture decode(Path file, int channels) throws IOException {
        return of(file, bytes -> decode(bytes, channels));
    }

    /** What is made of a picture's bytes. */
    interface Reading<T> {
        T of(byte[] bytes) throws IOException;
    }

    /** What {@code reading} makes of the content of a file, which it names in its errors. */
    static <T> T of(Path file, Reading<T> reading) throws IOException {
        if (Files.isDirectory(file)) throw new IOException(file + " is a folder: name a picture");
        try {
            return withinHeap(() -> reading.of(content(file)));
        } catch (HeapFullException e) {
            throw e.naming(file.toString());
        } catch (FileSystemException e) { // has the name already
            throw e;
        } catch (IOException e) {
            throw naming(file, e);
        }
    }

    /**
     * Reads something.
     *
     * @throws HeapFullException if the Java heap has no room for it
     */
    static <T> T withinHeap(Callable<T> reading) throws IOException {
        try {
            return reading.call();
        } catch (OutOfMemoryError e) { // of one large array, which leaves all else as it was
            if (HeapFullException.isMeant(e)) throw HeapFullException.of(e);
            throw e;
        } catch (HeapFullException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause())
                if (cause instanceof OutOfMemoryError full && HeapFullException.isMeant(full))
                    throw HeapFullException.of(e);
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same error with the name of the file. */
    static IOException naming(Path file, IOException e) {
        String message = file + ": " + Reason.of(e);
        return e instanceof UnsupportedPictureException
                ? new UnsupportedPictureException(message, e)
                : new IOException(message, e);
    }

    /** The bytes of a file that is not too large. */
    static byte[] content(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAX_BYTES) throw new IOException(size + " bytes are over the limit of " + MAX_BYTES);
        return Files.readAllBytes(file);
    }

    /** Whether a file that begins with {@code head} is of a format that {@link #decode} reads. */
    public static boolean recognises(byte[] head) {
        return PictureKind.ofContent(head).filter(PictureKind::isRead).isPresent();
    }

    /**
     * Decodes the content of a file of at most {@link #MAX_PIXELS} pixels.
     *
     * @param channels 1 (grey) or 3 (RGB)
     * @throws UnsupportedPictureException if it is of a kind that is not read, or too large
     * @throws IOException if the content is unknown or damaged
     */
    public static Picture decode(byte[] bytes, int channels) throws IOException {
        return decode(bytes, channels, MAX_PIXELS);
    }

    /**
     * Decodes the content of a file of at most {@code maxPixels} pixels.
     *
     * @param channels 1 (grey) or 3 (RGB)
     * @throws UnsupportedPictureException if it is of a kind that is not read, or too large
     * @throws IOException if the content is unknown or damaged
     */
    public static Picture decode(byte[] bytes, int channels, long maxPixels) throws IOException {
        if (channels != 1 && channels != 3)
            throw new IllegalArgumentException("channels must be 1 (grey) or 3 (RGB): " + channels);
        return withinHeap(
                () -> Orientation.upright(read(bytes, Samples.flat(channels), maxPixels), Orientation.of(bytes)));
    }

    /** What {@code taking} makes of the content of a file. */
    static <T> T read(byte[] bytes, Samples.Taking<T> taking, long maxPixels) throws IOException {
        PictureKind kind = kind(bytes);
        try {
            return switch (kind) {
                case JPEG -> Jpeg.read(bytes, taking, maxPixels);
                case PNG -> taking.image(jdk(kind, PngChunks.decisive(bytes), maxPixels));
                case BMP -> taking.image(jdk(kind, Bmp.checked(bytes), maxPixels));
                case TIFF -> Tiff.read(bytes, taking, maxPixels);
                case GIF -> Gif.read(bytes, taking, maxPixels);
                case WEBP -> WebP.read(bytes, taking, maxPixels);
                case AVIF, HEIC -> Heif.read(bytes, taking, maxPixels);
                default -> throw new UnsupportedPictureException(kind.refusal());
            };
        } catch (UnsupportedPictureException e) {
            Readers.discard(kind);
            String which = kind.isRead() ? "this " + kind + " file is not supported: " : "";
            throw new UnsupportedPictureException(which + e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            // The JDK's readers answer damage with many kinds of unchecked exceptions.
            Readers.discard(kind);
            String reason = reason(e);
            if (reason.startsWith("Unsupported"))
                throw new UnsupportedPictureException("this " + kind + " file is not supported: " + reason, e);
            throw new IOException("the " + kind + " file is damaged or not supported: " + reason, e);
        }
    }

    /** In words; the JDK's readers leave them to the cause now and then. */
    private static String reason(Exception e) {
        String reason = Reason.of(e);
        return reason.endsWith(": ") && e.getCause() != null ? reason + Reason.of(e.getCause()) : reason;
    }

    /** The kind of a picture by its content. */
    static PictureKind kind(byte[] bytes) throws IOException {
        if (bytes.length == 0) throw new IOException("the file is empty");
        return PictureKind.ofContent(bytes)
                .orElseThrow(() -> new IOException("this is not a file of a kind of picture that is known ("
                        + bytes.length + " bytes); PNG, JPEG, GIF, WebP, AVIF, HEIC, BMP and TIFF are read"));
    }

    /** What the JDK's reader makes of it. */
    static BufferedImage jdk(PictureKind kind, byte[] bytes, long maxPixels) throws IOException {
        ImageReader reader = Readers.of(kind);
        Readers.Warnings warnings = new Readers.Warnings();
        try (ByteStream stream = new ByteStream(bytes)) {
            reader.setInput(stream, true, true);
            requireSize(reader.getWidth(0), reader.getHeight(0), maxPixels);
            reader.addIIOReadWarningListener(warnings);
            ImageReadParam whole = reader.getDefaultReadParam();
            BufferedImage image = reader.read(0, whole);
            warnings.requireNone();
            return image;
        } finally {
            reader.reset();
        }
    }

    /**
     * Requires that a picture has pixels, and no more than so many.
     *
     * @throws UnsupportedPictureException if it has more
     * @throws IOException if it has none
     */
    public static void requireSize(long width, long height, long maxPixels) throws IOException {
        if (width < 1 || height < 1) throw new IOException("it has " + width + " x " + height + " pixels");
        if (width > maxPixels / height)
            throw new UnsupportedPictureException(
                    width + " x " + height + " pixels are over the limit of " + maxPixels);
    }
}
