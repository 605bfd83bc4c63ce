package dev.calotype.image;

import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.plugins.jpeg.JPEGQTable;

/**
 * How strongly a JPEG file was compressed, read from its first quantisation table: the quality in the sense of the
 * Independent JPEG Group whose table of ITU-T T.81, annex K, is nearest.
 */
public final class JpegQuality {
    private static final int DQT = 0xDB, SOS = 0xDA;
    private static final int VALUES = 64;

    private JpegQuality() {}

    /**
     * The quality of a file.
     *
     * @return 1..100; 0 if it is not a JPEG file
     * @throws IOException if the file is absent, or a JPEG file whose tables are damaged
     */
    public static int of(Path file) throws IOException {
        byte[] bytes = ImageFiles.of(file, all -> all);
        if (PictureKind.ofContent(bytes).orElse(null) != PictureKind.JPEG) return 0;
        for (int at = 2; at + 4 <= bytes.length && (bytes[at] & 0xFF) == 0xFF; ) {
            int marker = bytes[at + 1] & 0xFF;
            int length = (bytes[at + 2] & 0xFF) << 8 | bytes[at + 3] & 0xFF;
            if (marker == DQT && length >= 3 + VALUES && at + 5 + VALUES <= bytes.length && bytes[at + 4] == 0)
                return quality(bytes, at + 5);
            if (marker == SOS || length < 2) break;
            at += 2 + length;
        }
        throw new IOException(file + ": its quantisation table is not that of a baseline JPEG file");
    }

    private static int quality(byte[] bytes, int from) {
        int sum = 0;
        for (int i = 0; i < VALUES; i++) sum += bytes[from + i] & 0xFF;
        int nearest = 1;
        for (int quality = 2; quality <= 100; quality++)
            if (Math.abs(sum(quality) - sum) < Math.abs(sum(nearest) - sum)) nearest = quality;
        return nearest;
    }

    /** The sum of the table that the Independent JPEG Group makes for a quality. */
    private static int sum(int quality) {
        int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        int sum = 0;
        for (int value : JPEGQTable.K1Luminance.getTable())
            sum += Math.max(1, Math.min(255, (value * percent + 50) / 100));
        return sum;
    }
}
