package dev.calotype.image;

import static org.bytedeco.leptonica.global.leptonica.lept_free;
import static org.bytedeco.leptonica.global.leptonica.pixCreate;
import static org.bytedeco.leptonica.global.leptonica.pixDestroy;
import static org.bytedeco.leptonica.global.leptonica.pixGetData;
import static org.bytedeco.leptonica.global.leptonica.pixGetWpl;
import static org.bytedeco.leptonica.global.leptonica.pixSetSpp;
import static org.bytedeco.leptonica.global.leptonica.pixWriteMemWebP;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.leptonica.PIX;

/** Makes lossless WebP files (RFC 9649) by libwebp, with a profile, and with texts as the description of an XMP packet. */
final class WebPFile {
    private static final int RIFF_HEAD = 12, CHUNK_HEAD = 8, EXTENDED_BYTES = 10;
    private static final int HAS_PROFILE = 0x20, HAS_ALPHA = 0x10, HAS_XMP = 0x04;
    private static final int QUALITY = 75; // how hard the encoder tries

    private WebPFile() {}

    static byte[] encode(PictureFile picture, Map<String, String> text) throws IOException {
        byte[] plain = compressed(picture);
        if (picture.profile().length == 0 && text.isEmpty()) return plain;
        byte[] xmp = text.isEmpty() ? PictureFile.NONE : xmp(text);
        int width = picture.colours().width() - 1, height = picture.colours().height() - 1;
        ByteBuffer head = ByteBuffer.allocate(EXTENDED_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        head.putInt((picture.profile().length > 0 ? HAS_PROFILE : 0)
                | (picture.hasAlpha() ? HAS_ALPHA : 0)
                | (xmp.length > 0 ? HAS_XMP : 0));
        head.putShort((short) width).put((byte) (width >> 16));
        head.putShort((short) height).put((byte) (height >> 16));
        long length = (long) plain.length + picture.profile().length + xmp.length + EXTENDED_BYTES + 3 * CHUNK_HEAD + 2;
        ByteBuffer file = ByteBuffer.allocate(Math.toIntExact(length)).order(ByteOrder.LITTLE_ENDIAN);
        file.put(plain, 0, RIFF_HEAD);
        put(file, "VP8X", head.array());
        put(file, "ICCP", picture.profile());
        file.put(plain, RIFF_HEAD, plain.length - RIFF_HEAD);
        put(file, "XMP ", xmp);
        file.putInt(4, file.position() - CHUNK_HEAD);
        return Arrays.copyOf(file.array(), file.position());
    }

    private static byte[] compressed(PictureFile picture) throws IOException {
        PIX pix = pix(picture);
        try (BytePointer data = new BytePointer();
                SizeTPointer size = new SizeTPointer(1)) {
            if (pixWriteMemWebP(data, size, pix, QUALITY, 1) != 0 || data.isNull())
                throw new IOException("the encoder of WebP fails on a picture of " + picture.colours());
            try {
                byte[] bytes = new byte[Math.toIntExact(size.get())];
                data.capacity(bytes.length).get(bytes);
                return bytes;
            } finally {
                lept_free(data);
            }
        } finally {
            pixDestroy(pix);
        }
    }

    /** A pixel is 0xRRGGBBAA. */
    private static PIX pix(PictureFile picture) throws IOException {
        Picture colours = picture.colours();
        PIX pix = pixCreate(colours.width(), colours.height(), 32);
        if (pix == null) throw new IOException("there is no memory for a picture of " + colours);
        if (picture.hasAlpha()) pixSetSpp(pix, 4);
        IntPointer words = pixGetData(pix);
        long stride = pixGetWpl(pix);
        Stored.Rows rows = colours.stored().rows();
        int[] row = new int[colours.width()];
        for (int y = 0; y < colours.height(); y++) {
            rows.read(y, row);
            for (int x = 0; x < row.length; x++) {
                int alpha = picture.hasAlpha() ? picture.alpha()[y * row.length + x] & 0xFF : 0xFF;
                row[x] = row[x] << 8 | alpha;
            }
            words.position(y * stride).put(row);
        }
        return pix;
    }

    private static void put(ByteBuffer to, String name, byte[] data) {
        if (data.length == 0) return;
        to.put(name.getBytes(StandardCharsets.ISO_8859_1)).putInt(data.length).put(data);
        if (data.length % 2 == 1) to.put((byte) 0);
    }

    private static byte[] xmp(Map<String, String> text) {
        String description = text.entrySet().stream()
                .map(entry -> entry.getKey() + ": " + entry.getValue())
                .collect(Collectors.joining("\n"))
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F]", " ");
        String packet = "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
                + "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
                + "<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
                + "<dc:description><rdf:Alt><rdf:li xml:lang='x-default'>" + description
                + "</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta>";
        return packet.getBytes(StandardCharsets.UTF_8);
    }
}
