package dev.calotype.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** How a camera was held (Exif 2.3, tag 274): a number from 1, upright, to 8, which says how to turn and mirror. */
final class Orientation {
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.ISO_8859_1);
    private static final int APP1 = 0xE1, SOS = 0xDA;

    private Orientation() {}

    /** That of a file that was decoded; 1 if it does not say, or says it in a way that cannot be read. */
    static int of(byte[] file) {
        try {
            int orientation = Tiff.orientation(exif(file));
            return orientation >= 1 && orientation <= 8 ? orientation : 1;
        } catch (IOException | RuntimeException e) {
            return 1; // what a damaged note says of the camera is not worth a picture
        }
    }

    /** The part of a file in the form of TIFF; empty if it has none. */
    private static byte[] exif(byte[] file) throws IOException {
        PictureKind kind = ImageFiles.kind(file);
        if (kind == PictureKind.TIFF) return file;
        if (kind == PictureKind.WEBP) return withoutName(WebP.chunk(file, "EXIF"));
        if (kind == PictureKind.PNG) return PngChunks.first(file, "eXIf");
        for (int at = 2; kind == PictureKind.JPEG && at + 4 <= file.length && (file[at] & 0xFF) == 0xFF; ) {
            int marker = file[at + 1] & 0xFF;
            int length = (file[at + 2] & 0xFF) << 8 | file[at + 3] & 0xFF;
            int from = at + 4 + EXIF.length, end = Math.min(file.length, at + 2 + length);
            if (marker == APP1 && from <= end && Arrays.equals(Arrays.copyOfRange(file, at + 4, from), EXIF))
                return Arrays.copyOfRange(file, from, end);
            if (marker == SOS || length < 2) break;
            at += 2 + length;
        }
        return PictureFile.NONE;
    }

    /** Some programs write the name that JPEG has before it. */
    private static byte[] withoutName(byte[] exif) {
        boolean named = Arrays.equals(Arrays.copyOf(exif, EXIF.length), EXIF);
        return named ? Arrays.copyOfRange(exif, EXIF.length, exif.length) : exif;
    }

    /** The file as it is to be looked at. */
    static PictureFile upright(PictureFile file, int orientation) {
        if (orientation == 1) return file;
        Picture colours = turned(file.colours(), orientation);
        if (!file.hasAlpha()) return new PictureFile(colours, file.alpha(), file.profile());
        Picture alpha = new Picture(file.colours().width(), file.colours().height(), 1, file.alpha());
        return new PictureFile(colours, turned(alpha, orientation).pixels(), file.profile());
    }

    /** The picture as it is to be looked at; the same object if nothing changes. */
    static Picture upright(Picture picture, int orientation) {
        return orientation == 1 ? picture : turned(picture, orientation);
    }

    /** The file as it is to be looked at. */
    static DeepFile upright(DeepFile file, int orientation) {
        if (orientation == 1) return file;
        DeepPicture from = file.colours();
        int channels = from.channels();
        boolean lying = orientation > 4;
        int width = lying ? from.height() : from.width(), height = lying ? from.width() : from.height();
        short[] colours = new short[from.samples().length];
        short[] alpha = new short[file.alpha().length];
        for (int y = 0, i = 0; y < height; y++)
            for (int x = 0; x < width; x++, i++) {
                int pixel = source(x, y, from.width(), from.height(), orientation);
                System.arraycopy(from.samples(), pixel * channels, colours, i * channels, channels);
                if (file.hasAlpha()) alpha[i] = file.alpha()[pixel];
            }
        return new DeepFile(new DeepPicture(width, height, channels, colours), alpha, file.profile());
    }

    private static Picture turned(Picture picture, int orientation) {
        boolean lying = orientation > 4;
        int width = lying ? picture.height() : picture.width();
        int height = lying ? picture.width() : picture.height();
        int channels = picture.channels();
        byte[] to = new byte[picture.pixels().length];
        for (int y = 0, i = 0; y < height; y++)
            for (int x = 0; x < width; x++, i++)
                System.arraycopy(
                        picture.pixels(),
                        source(x, y, picture.width(), picture.height(), orientation) * channels,
                        to,
                        i * channels,
                        channels);
        return new Picture(width, height, channels, to);
    }

    /** Where the pixel at (x, y) of the upright picture lies in one of {@code width} x {@code height} pixels. */
    private static int source(int x, int y, int width, int height, int orientation) {
        boolean lying = orientation > 4;
        int left = lying ? y : x, top = lying ? x : y;
        int column =
                orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8 ? width - 1 - left : left;
        int row = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7 ? height - 1 - top : top;
        return row * width + column;
    }
}
