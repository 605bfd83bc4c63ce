package dev.calotype.image;

import static org.bytedeco.leptonica.global.leptonica.pixGetData;
import static org.bytedeco.leptonica.global.leptonica.pixGetHeight;
import static org.bytedeco.leptonica.global.leptonica.pixGetWidth;
import static org.bytedeco.leptonica.global.leptonica.pixGetWpl;
import static org.bytedeco.leptonica.global.leptonica.setMsgSeverity;

import dev.calotype.tensor.Engine;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.leptonica.PIX;
import org.bytedeco.leptonica.global.leptonica;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A library that holds others: libjpeg-turbo and libwebp. It is loaded when the first picture wants it, and may be absent
 * from the class path. It gives no picture of a file that its decoders warn of.
 */
final class Leptonica {
    private static final Logger LOG = LoggerFactory.getLogger(Leptonica.class);

    /** Whether it is on the class path for this platform. */
    static final boolean PRESENT = load();

    private Leptonica() {}

    private static boolean load() {
        try {
            Engine.extract("leptonica");
            Loader.load(leptonica.class);
            setMsgSeverity(leptonica.L_SEVERITY_NONE);
            return true;
        } catch (LinkageError | UncheckedIOException e) {
            LOG.debug("JPEG is decoded by the JDK alone, WebP not at all: {}", e.toString());
            return false;
        }
    }

    /** The colours of a picture of 32 bits. */
    static Picture rgb(PIX pix) {
        int width = pixGetWidth(pix);
        int height = pixGetHeight(pix);
        byte[] pixels = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
        IntPointer words = pixGetData(pix);
        long stride = pixGetWpl(pix);
        int[] row = new int[width];
        int at = 0;
        // A pixel is 0xRRGGBBxx; the fourth byte that is written belongs to the next pixel, which is written later.
        for (int y = 0; y < height; y++) {
            words.position(y * stride).get(row);
            int spare = y == height - 1 ? 1 : 0;
            for (int x = 0; x < width - spare; x++, at += 3)
                Convolution.LITTLE_ENDIAN.set(pixels, at, Integer.reverseBytes(row[x]));
        }
        int last = row[width - 1];
        for (int c = 0; c < 3; c++) pixels[at + c] = (byte) (last >>> 24 - 8 * c);
        return new Picture(width, height, 3, pixels);
    }

    /** The same with alpha, as long as {@code pix} is there. */
    static Stored rgba(PIX pix) {
        IntPointer words = pixGetData(pix);
        long stride = pixGetWpl(pix);
        Stored.Rows rows = (y, argb) -> {
            words.position(y * stride).get(argb);
            for (int x = 0; x < argb.length; x++) argb[x] = Integer.rotateRight(argb[x], 8);
        };
        return new Stored(pixGetWidth(pix), pixGetHeight(pix), false, true, rows);
    }
}
