package dev.calotype.image;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/** The colour profiles (ISO 15076-1) that PNG, JPEG and TIFF files carry. They are carried along, never applied. */
final class Profiles {
    private static final int HEADER = 128;
    private static final int COLOURS = 16, SIGNATURE = 36;
    private static final int MAX_BYTES = 1 << 24;
    private static final int MAX_NAME = 80;

    private Profiles() {}

    /** The profile of a file that was decoded; empty if it has none, or one that cannot be read. */
    static byte[] of(byte[] file) throws IOException {
        return switch (ImageFiles.kind(file)) {
            case PNG -> inflated(PngChunks.first(file, "iCCP"));
            case JPEG -> Jpeg.profile(file);
            case WEBP -> WebP.chunk(file, "ICCP");
            case TIFF -> Tiff.profile(file);
            case AVIF, HEIC -> Heif.profile(file);
            default -> PictureFile.NONE;
        };
    }

    /** Whether this is a whole profile for colours of so many channels. */
    static boolean fits(byte[] profile, int channels) {
        return profile.length >= HEADER
                && ByteBuffer.wrap(profile).getInt() == profile.length
                && name(profile, SIGNATURE).equals("acsp")
                && name(profile, COLOURS).equals(channels == 1 ? "GRAY" : "RGB ");
    }

    /** The data of the PNG chunk iCCP: a name, a zero, the method of compression, the profile deflated. */
    static byte[] chunk(byte[] profile) throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes("ICC profile\0\0".getBytes(StandardCharsets.ISO_8859_1));
        try (DeflaterOutputStream deflated = new DeflaterOutputStream(data)) {
            deflated.write(profile);
        }
        return data.toByteArray();
    }

    private static byte[] inflated(byte[] chunk) {
        int end = 0;
        while (end < Math.min(MAX_NAME, chunk.length) && chunk[end] != 0) end++;
        if (end + 2 > chunk.length || chunk[end + 1] != 0) return PictureFile.NONE;
        try (InflaterInputStream in =
                new InflaterInputStream(new ByteArrayInputStream(chunk, end + 2, chunk.length - end - 2))) {
            return in.readNBytes(MAX_BYTES);
        } catch (IOException e) {
            return PictureFile.NONE;
        }
    }

    private static String name(byte[] profile, int at) {
        return new String(profile, at, 4, StandardCharsets.ISO_8859_1);
    }
}
