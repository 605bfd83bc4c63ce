package dev.calotype.image;

import static org.bytedeco.leptonica.global.leptonica.pixDestroy;
import static org.bytedeco.leptonica.global.leptonica.pixGetDepth;
import static org.bytedeco.leptonica.global.leptonica.pixGetHeight;
import static org.bytedeco.leptonica.global.leptonica.pixGetSpp;
import static org.bytedeco.leptonica.global.leptonica.pixGetWidth;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemWebP;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.leptonica.PIX;

/**
 * WebP (RFC 9649) through libwebp, which comes with {@link Leptonica}. Of an animation the first frame is read, at its place
 * on a transparent canvas.
 */
final class WebP {
    private static final int RIFF_HEAD = 12, CHUNK_HEAD = 8, FRAME_HEAD = 16;
    private static final String EXTENDED = "VP8X", LOSSY = "VP8 ", LOSSLESS = "VP8L", ALPHA = "ALPH", FRAME = "ANMF";
    private static final int HAS_ALPHA = 0x10, HAS_FRAMES = 0x02;

    private final ByteBuffer file;
    private final Map<String, ByteBuffer> chunks = new LinkedHashMap<>();

    private WebP(byte[] bytes) throws IOException {
        file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < RIFF_HEAD + CHUNK_HEAD) throw new IOException("it is truncated at byte " + bytes.length);
        long end = Integer.toUnsignedLong(file.getInt(4)) + 8;
        if (end > bytes.length)
            throw new IOException("it is truncated: " + bytes.length + " of " + end + " bytes are there");
        chunks.putAll(chunks(part(RIFF_HEAD, (int) end - RIFF_HEAD)));
    }

    static <T> T read(byte[] bytes, Samples.Taking<T> taking, long maxPixels) throws IOException {
        WebP webp = new WebP(bytes);
        if (!Leptonica.PRESENT)
            throw new UnsupportedPictureException("its decoder, the native library of org.bytedeco:leptonica for this"
                    + " platform, is not on the class path");
        ByteBuffer extended = webp.chunks.get(EXTENDED);
        if (extended == null) {
            int[] size = size(webp.chunks);
            return decode(bytes, size, size, new int[2], taking, maxPixels);
        }
        if (extended.limit() < 10) throw new IOException("its header is truncated");
        int[] canvas = {u24(extended, 4) + 1, u24(extended, 7) + 1};
        if ((extended.get(0) & HAS_FRAMES) == 0) return decode(bytes, canvas, canvas, new int[2], taking, maxPixels);
        ByteBuffer frame = webp.chunks.get(FRAME);
        if (frame == null || frame.limit() < FRAME_HEAD) throw new IOException("its first frame is missing");
        int[] place = {2 * u24(frame, 0), 2 * u24(frame, 3)};
        int[] size = {u24(frame, 6) + 1, u24(frame, 9) + 1};
        if (place[0] + size[0] > canvas[0] || place[1] + size[1] > canvas[1])
            throw new IOException("its first frame does not lie within its canvas");
        ByteBuffer inner = frame.slice(FRAME_HEAD, frame.limit() - FRAME_HEAD).order(ByteOrder.LITTLE_ENDIAN);
        return decode(still(chunks(inner), size), size, canvas, place, taking, maxPixels);
    }

    /** Width and height of the canvas of an animation; empty for a still picture. */
    static Optional<int[]> animated(byte[] bytes) throws IOException {
        ByteBuffer extended = new WebP(bytes).chunks.get(EXTENDED);
        if (extended == null || extended.limit() < 10 || (extended.get(0) & HAS_FRAMES) == 0) return Optional.empty();
        return Optional.of(new int[] {u24(extended, 4) + 1, u24(extended, 7) + 1});
    }

    /** The chunks of the frames of an animation, in their order. */
    static List<ByteBuffer> frames(byte[] bytes) throws IOException {
        WebP webp = new WebP(bytes);
        List<ByteBuffer> frames = new ArrayList<>();
        long end = Math.min(bytes.length, Integer.toUnsignedLong(webp.file.getInt(4)) + 8);
        for (int at = RIFF_HEAD; at + CHUNK_HEAD <= end; ) {
            long length = Integer.toUnsignedLong(webp.file.getInt(at + 4));
            if (length > end - at - CHUNK_HEAD) throw new IOException("it is truncated in a chunk at byte " + at);
            ByteBuffer chunk = webp.part(at + CHUNK_HEAD, (int) length);
            if (new String(bytes, at, 4, StandardCharsets.ISO_8859_1).equals(FRAME)) {
                if (length < FRAME_HEAD) throw new IOException("a frame of it is truncated");
                frames.add(chunk);
            }
            at += CHUNK_HEAD + (int) length + (int) (length & 1);
        }
        return frames;
    }

    /** The data of a chunk, such as {@code EXIF}; empty if there is none. */
    static byte[] chunk(byte[] bytes, String name) throws IOException {
        ByteBuffer data = new WebP(bytes).chunks.get(name);
        if (data == null) return PictureFile.NONE;
        byte[] copy = new byte[data.limit()];
        data.get(0, copy);
        return copy;
    }

    private static <T> T decode(
            byte[] bytes, int[] size, int[] canvas, int[] place, Samples.Taking<T> taking, long maxPixels)
            throws IOException {
        ImageFiles.requireSize(size[0], size[1], maxPixels);
        ImageFiles.requireSize(canvas[0], canvas[1], maxPixels);
        try (BytePointer pointer = new BytePointer(bytes)) {
            PIX pix = pixReadMemWebP(pointer, bytes.length);
            if (pix == null) throw new IOException("its decoder finds fault with it");
            try {
                if (pixGetDepth(pix) != 32 || pixGetWidth(pix) != size[0] || pixGetHeight(pix) != size[1])
                    throw new IOException("its headers differ about its size");
                boolean whole = Arrays.equals(size, canvas);
                if (pixGetSpp(pix) != 4 && whole) return taking.rgb(Leptonica.rgb(pix));
                Stored stored = pixGetSpp(pix) == 4
                        ? Leptonica.rgba(pix)
                        : Leptonica.rgb(pix).stored();
                return taking.stored(whole ? stored : stored.placed(place[0], place[1], canvas[0], canvas[1]));
            } finally {
                pixDestroy(pix);
            }
        }
    }

    /** A frame as a file of its own. */
    static byte[] still(Map<String, ByteBuffer> frame, int[] size) throws IOException {
        String image = frame.containsKey(LOSSLESS) ? LOSSLESS : LOSSY;
        ByteBuffer data = frame.get(image), alpha = frame.get(ALPHA);
        if (data == null) throw new IOException("its first frame is missing");
        int length = RIFF_HEAD + 3 * CHUNK_HEAD + 10 + data.limit() + 1 + (alpha == null ? 0 : alpha.limit() + 1);
        ByteBuffer still = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        still.put("RIFF\0\0\0\0WEBP".getBytes(StandardCharsets.ISO_8859_1));
        if (alpha != null && image.equals(LOSSY)) {
            ByteBuffer head = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
            head.putInt(HAS_ALPHA).putShort((short) (size[0] - 1)).put((byte) (size[0] - 1 >> 16));
            head.putShort((short) (size[1] - 1)).put((byte) (size[1] - 1 >> 16));
            put(still, EXTENDED, head.flip());
            put(still, ALPHA, alpha);
        }
        put(still, image, data);
        still.putInt(4, still.position() - 8);
        return Arrays.copyOf(still.array(), still.position());
    }

    private static void put(ByteBuffer to, String name, ByteBuffer data) {
        to.put(name.getBytes(StandardCharsets.ISO_8859_1))
                .putInt(data.limit())
                .put(data.duplicate().rewind());
        if (data.limit() % 2 == 1) to.put((byte) 0);
    }

    /** What the first bytes of the bit stream say (RFC 6386, section 9.1; RFC 9649, section 3.4). */
    private static int[] size(Map<String, ByteBuffer> chunks) throws IOException {
        ByteBuffer lossy = chunks.get(LOSSY), lossless = chunks.get(LOSSLESS);
        if (lossy != null && lossy.limit() >= 10)
            return new int[] {lossy.getShort(6) & 0x3FFF, lossy.getShort(8) & 0x3FFF};
        if (lossless == null || lossless.limit() < 5) throw new IOException("it has no picture");
        int bits = lossless.getInt(1);
        return new int[] {(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1};
    }

    /** The first chunk of each name. */
    static Map<String, ByteBuffer> chunks(ByteBuffer data) throws IOException {
        Map<String, ByteBuffer> chunks = new LinkedHashMap<>();
        for (int at = 0; at + CHUNK_HEAD <= data.limit(); ) {
            long length = Integer.toUnsignedLong(data.getInt(at + 4));
            if (length > data.limit() - at - CHUNK_HEAD)
                throw new IOException("it is truncated in a chunk at byte " + at);
            byte[] name = new byte[4];
            data.get(at, name);
            ByteBuffer chunk = data.slice(at + CHUNK_HEAD, (int) length).order(ByteOrder.LITTLE_ENDIAN);
            chunks.putIfAbsent(new String(name, StandardCharsets.ISO_8859_1), chunk);
            at += CHUNK_HEAD + (int) length + (int) (length & 1);
        }
        return chunks;
    }

    private ByteBuffer part(int from, int length) {
        return file.slice(from, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    static int u24(ByteBuffer data, int at) {
        return data.getShort(at) & 0xFFFF | (data.get(at + 2) & 0xFF) << 16;
    }
}
