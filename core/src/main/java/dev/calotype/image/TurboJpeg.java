package dev.calotype.image;

import static org.bytedeco.leptonica.global.leptonica.pixDestroy;
import static org.bytedeco.leptonica.global.leptonica.pixGetData;
import static org.bytedeco.leptonica.global.leptonica.pixGetDepth;
import static org.bytedeco.leptonica.global.leptonica.pixGetHeight;
import static org.bytedeco.leptonica.global.leptonica.pixGetWidth;
import static org.bytedeco.leptonica.global.leptonica.pixGetWpl;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemJpeg;
import static org.bytedeco.leptonica.global.leptonica.setMsgSeverity;

import dev.calotype.tensor.Engine;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.leptonica.PIX;
import org.bytedeco.leptonica.global.leptonica;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JPEG through libjpeg-turbo: the pixels of the JDK's reader, without the way that each row of that takes, and with vector
 * instructions where the JDK has a libjpeg without. It comes with Leptonica, a library that gives no picture of a file
 * that the decoder warns of. It is loaded when the first picture wants it; where it is not on the class path there are no
 * pictures, and on Windows neither, where Leptonica reads memory by way of a file.
 */
final class TurboJpeg {
    private static final Logger LOG = LoggerFactory.getLogger(TurboJpeg.class);
    private static final boolean PRESENT = load();

    private TurboJpeg() {}

    private static boolean load() {
        if (Loader.getPlatform().startsWith("windows")) return false;
        try {
            Engine.extract("leptonica");
            Loader.load(leptonica.class);
            setMsgSeverity(leptonica.L_SEVERITY_NONE);
            return true;
        } catch (LinkageError | UncheckedIOException e) {
            LOG.debug("JPEG is decoded by the JDK alone: {}", e.toString());
            return false;
        }
    }

    /** The RGB picture of a file with three components, or null if the library is absent or finds fault with the file. */
    static Picture decode(byte[] file, int width, int height) {
        if (!PRESENT) return null;
        try (BytePointer bytes = new BytePointer(file)) {
            PIX pix = pixReadMemJpeg(bytes, file.length, 0, 1, (IntPointer) null, 0);
            if (pix == null) return null;
            try {
                boolean rgb = pixGetDepth(pix) == 32 && pixGetWidth(pix) == width && pixGetHeight(pix) == height;
                return rgb ? picture(pix, width, height) : null;
            } finally {
                pixDestroy(pix);
            }
        }
    }

    /** A pixel is 0xRRGGBBxx; the fourth byte that is written belongs to the next pixel, which is written later. */
    private static Picture picture(PIX pix, int width, int height) {
        byte[] pixels = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
        IntPointer words = pixGetData(pix);
        long stride = pixGetWpl(pix);
        int[] row = new int[width];
        int at = 0;
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
}
