package dev.calotype.image;

import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;

/**
 * JPEG through libjpeg, which sees only the segments that decide about pixels: application data (Exif, profiles,
 * thumbnails) are dropped here, and what they would have told the reader is said by a JFIF header instead.
 *
 * <p>The JDK's libjpeg is the reference. Ordinary colour files are left to {@link TurboJpeg} first, which is faster and
 * gives the same pixels; if it finds fault with one, the reference says what is wrong.
 */
final class Jpeg {
    private static final int TEM = 0x01; // stands alone, as RST do
    private static final int SOF0 = 0xC0;
    private static final int SOF2 = 0xC2;
    private static final int RST0 = 0xD0;
    private static final int RST7 = 0xD7;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int APP0 = 0xE0;
    private static final int APP2 = 0xE2;
    private static final int APP14 = 0xEE;
    private static final int APP15 = 0xEF;
    private static final int COM = 0xFE;
    private static final byte[] JFIF = {
        (byte) 0xFF, (byte) APP0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
    };
    private static final String PROFILE = "ICC_PROFILE\0";
    private static final int PROFILE_HEAD = 2 + PROFILE.length() + 2; // length, name, number of the part, of parts
    private static final long FEW_SCANS = 30, MAX_SCANS = 100;
    private static final long SCANNED = 1_000_000_000; // pixels of all scans
    private static final int NO_TRANSFORM = -1;
    private static final int YCC = 1;
    private static final int YCCK = 2;
    /** Horizontal and vertical factors of three components whose chroma every libjpeg enlarges alike. */
    private static final List<String> SAMPLINGS = List.of("111111", "211111", "221111");

    private final byte[] bytes;
    private int width;
    private int height;
    private int components;
    private boolean progressive;
    private String sampling = "";
    private boolean lettersRgb;
    private boolean jfif;
    private int transform = NO_TRANSFORM;
    private int segmentsEnd;
    private final ByteArrayOutputStream segments = new ByteArrayOutputStream(1024);
    private final Map<Integer, byte[]> profile = new TreeMap<>();

    private Jpeg(byte[] bytes) throws IOException {
        this.bytes = bytes;
        scan();
    }

    static <T> T read(byte[] bytes, Samples.Taking<T> taking, long maxPixels) throws IOException {
        Jpeg file = new Jpeg(bytes);
        ImageFiles.requireSize(file.width, file.height, maxPixels);
        Picture picture = file.isOrdinary() ? TurboJpeg.decode(file.decisive(), file.width, file.height) : null;
        return picture != null ? taking.rgb(picture) : file.reference(taking);
    }

    /** What the JDK reads. */
    static Picture reference(byte[] bytes, int channels) throws IOException {
        return new Jpeg(bytes).reference(Samples.flat(channels));
    }

    static boolean isOrdinary(byte[] bytes) throws IOException {
        return new Jpeg(bytes).isOrdinary();
    }

    private <T> T reference(Samples.Taking<T> taking) throws IOException {
        requireFewScans();
        Readers.Warnings warnings = new Readers.Warnings();
        ImageReader reader = Readers.of(PictureKind.JPEG);
        try (ByteStream stream = new ByteStream(decisive())) {
            reader.setInput(stream, true, true);
            reader.addIIOReadWarningListener(warnings);
            T picture = components == 4 ? cmyk(reader, taking) : taking.image(reader.read(0));
            warnings.requireNone();
            return picture;
        } finally {
            reader.reset();
        }
    }

    /** Whether it is what cameras and programs write: one complete scan of three components, luma and chroma. */
    private boolean isOrdinary() {
        return !progressive
                && SAMPLINGS.contains(sampling)
                && !lettersRgb
                && (transform == NO_TRANSFORM || transform == YCC)
                && bytes[segmentsEnd + 4] == 3
                && endsAfterScan();
    }

    /**
     * Each scan of a file may visit the whole picture again, however few bytes it has. Encoders write up to twenty; what a decoder
     * is to do for one file is bounded as its pixels are.
     */
    private void requireFewScans() throws IOException {
        int scans = 0;
        for (int at = segmentsEnd; at + 3 < bytes.length && marker(at) != EOI; at = nextMarker(at))
            if (marker(at) == SOS) scans++;
        long most = Math.max(FEW_SCANS, Math.min(MAX_SCANS, SCANNED / ((long) width * height)));
        if (scans > most)
            throw new UnsupportedPictureException(
                    scans + " scans of " + width + " x " + height + " pixels, at most " + most + " are read");
    }

    private boolean endsAfterScan() {
        int next = nextMarker(segmentsEnd);
        return next + 1 < bytes.length && marker(next) == EOI;
    }

    /** Where the marker is that follows a segment, and the pixels behind it, if there are any; the last byte if there is none. */
    private int nextMarker(int segment) {
        int at = segment + 2 + ((bytes[segment + 2] & 0xFF) << 8 | bytes[segment + 3] & 0xFF);
        for (; at + 1 < bytes.length; at++) {
            if (bytes[at] != (byte) 0xFF) continue;
            int marker = marker(at);
            boolean withinPixels = marker <= TEM || marker >= RST0 && marker <= RST7;
            if (!withinPixels && marker != 0xFF) return at; // 0xFF: a fill byte
        }
        return Math.max(segment + 1, bytes.length - 1);
    }

    private int marker(int at) {
        return bytes[at + 1] & 0xFF;
    }

    /** The parts of the colour profile in their order; empty if there is none. */
    static byte[] profile(byte[] bytes) throws IOException {
        ByteArrayOutputStream profile = new ByteArrayOutputStream();
        for (byte[] part : new Jpeg(bytes).profile.values()) profile.writeBytes(part);
        return profile.toByteArray();
    }

    private <T> T cmyk(ImageReader reader, Samples.Taking<T> taking) throws IOException {
        Raster raster = reader.readRaster(0, new ImageReadParam());
        if (transform == YCCK) ycckToCmyk((WritableRaster) raster);
        return taking.stored(Samples.invertedCmyk(raster));
    }

    private void scan() throws IOException {
        for (int at = 2; ; ) {
            while (u8(at) == 0xFF && u8(at + 1) == 0xFF) at++; // fill bytes
            if (u8(at) != 0xFF) throw new IOException("byte " + at + " is not a marker");
            int marker = u8(at + 1);
            int length = u8(at + 2) << 8 | u8(at + 3);
            if (length < 2 || at + 2 + length > bytes.length) throw new IOException("it is truncated at byte " + at);
            if (marker == SOS) {
                if (components == 0) throw new IOException("its first scan comes before its frame header");
                segmentsEnd = at;
                return;
            }
            boolean application = marker >= APP0 && marker <= APP15 || marker == COM;
            if (marker >= SOF0 && marker < APP0 && isFrame(marker)) frame(at, marker, length);
            if (marker == APP0 && length >= 16 && isNamed(at, "JFIF\0")) jfif = true;
            if (marker == APP2 && length >= PROFILE_HEAD && isNamed(at, PROFILE))
                profile.put(u8(at + PROFILE_HEAD), Arrays.copyOfRange(bytes, at + 2 + PROFILE_HEAD, at + 2 + length));
            boolean adobe = marker == APP14 && length >= 14 && isNamed(at, "Adobe");
            if (adobe) transform = u8(at + 15);
            if (!application || adobe) segments.write(bytes, at, length + 2);
            at += 2 + length;
        }
    }

    /** SOF0..SOF15 without DHT (C4), JPG (C8) and DAC (CC). */
    private static boolean isFrame(int marker) {
        return marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }

    private void frame(int at, int marker, int length) throws IOException {
        if (components != 0) throw new IOException("it has two frame headers");
        if (marker > SOF2)
            throw new UnsupportedPictureException("only baseline and progressive Huffman coding are supported");
        if (u8(at + 4) != 8)
            throw new UnsupportedPictureException("samples of " + u8(at + 4) + " bits, 8 are supported");
        height = u8(at + 5) << 8 | u8(at + 6);
        width = u8(at + 7) << 8 | u8(at + 8);
        components = u8(at + 9);
        if (components != 1 && components != 3 && components != 4)
            throw new UnsupportedPictureException(components + " components, 1, 3 or 4 are supported");
        if (length < 8 + 3 * components) throw new IOException("its frame header is truncated");
        progressive = marker == SOF2;
        for (int c = 0; c < components; c++)
            sampling += String.valueOf(u8(at + 11 + 3 * c) >> 4) + (u8(at + 11 + 3 * c) & 0xF);
        lettersRgb = components == 3 && u8(at + 10) == 'R' && u8(at + 13) == 'G' && u8(at + 16) == 'B';
    }

    private byte[] decisive() {
        boolean plain = transform == NO_TRANSFORM && !lettersRgb && components != 4;
        byte[] told = jfif || plain ? JFIF : PictureFile.NONE;
        int pixels = bytes.length - segmentsEnd;
        ByteBuffer kept = ByteBuffer.allocate(2 + told.length + segments.size() + pixels);
        kept.put((byte) 0xFF).put((byte) 0xD8).put(told).put(segments.toByteArray());
        return kept.put(bytes, segmentsEnd, pixels).array();
    }

    /** The colour transform of JFIF on the first three; what it gives as RGB are the inks, inverted as K is. */
    private static void ycckToCmyk(WritableRaster raster) {
        int[] row = new int[raster.getWidth() * 4];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, raster.getWidth(), 1, row);
            for (int i = 0; i < row.length; i += 4) {
                double luma = row[i];
                double blue = row[i + 1] - 128.0;
                double red = row[i + 2] - 128.0;
                row[i] = clip(luma + 1.402 * red);
                row[i + 1] = clip(luma - 0.344136286 * blue - 0.714136286 * red);
                row[i + 2] = clip(luma + 1.772 * blue);
            }
            raster.setPixels(0, y, raster.getWidth(), 1, row);
        }
    }

    private static int clip(double value) {
        return (int) Math.max(0, Math.min(255, Math.rint(value)));
    }

    private boolean isNamed(int at, String name) {
        return new String(bytes, at + 4, name.length(), StandardCharsets.ISO_8859_1).equals(name);
    }

    private int u8(int at) throws IOException {
        if (at >= bytes.length) throw new IOException("it is truncated at byte " + bytes.length);
        return bytes[at] & 0xFF;
    }
}
