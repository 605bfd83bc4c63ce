package dev.calotype.image;

import static org.bytedeco.leptonica.global.leptonica.pixDestroy;
import static org.bytedeco.leptonica.global.leptonica.pixGetDepth;
import static org.bytedeco.leptonica.global.leptonica.pixGetHeight;
import static org.bytedeco.leptonica.global.leptonica.pixGetWidth;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemJpeg;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.leptonica.PIX;

/**
 * JPEG through libjpeg-turbo: the pixels of the JDK's reader, without the way that each row of that takes, and with vector
 * instructions where the JDK has a libjpeg without. It comes with {@link Leptonica}; without that there are no
 * pictures, and on Windows neither, where Leptonica reads JPEG from memory by way of a file.
 */
final class TurboJpeg {
    private static final boolean WINDOWS = Loader.getPlatform().startsWith("windows");

    private TurboJpeg() {}

    /** The RGB picture of a file with three components, or null if the library is absent or finds fault with the file. */
    static Picture decode(byte[] file, int width, int height) {
        if (WINDOWS || !Leptonica.PRESENT) return null;
        try (BytePointer bytes = new BytePointer(file)) {
            PIX pix = pixReadMemJpeg(bytes, file.length, 0, 1, (IntPointer) null, 0);
            if (pix == null) return null;
            try {
                boolean rgb = pixGetDepth(pix) == 32 && pixGetWidth(pix) == width && pixGetHeight(pix) == height;
                return rgb ? Leptonica.rgb(pix) : null;
            } finally {
                pixDestroy(pix);
            }
        }
    }
}
