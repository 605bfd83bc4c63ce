package dev.calotype.data.video;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Strips of frames as they were decoded, those wanted last first, within a bound: a strip has to be decoded whole for any of its
 * frames, and a small data set of them fits. May be used by several threads.
 */
final class KeptStrips {
    private static final int SHARE = 16; // of what Java may have

    private final long most;
    private final Map<PictureFootage.Content, Picture> kept = new LinkedHashMap<>(16, 0.75f, true); // the latest last
    private long bytes;

    /** @param most bytes of pixels */
    KeptStrips(long most) {
        this.most = most;
    }

    /** Of a sixteenth of the memory that Java may have. */
    static KeptStrips usual() {
        return new KeptStrips(Runtime.getRuntime().maxMemory() / SHARE);
    }

    /**
     * The strip of a file, in RGB.
     *
     * @throws IOException if it has to be read and cannot be
     */
    Picture of(PictureFootage.Content file) throws IOException {
        Picture known = known(file);
        if (known != null) return known;
        Picture decoded = ImageFiles.decode(file.read(), 3); // meanwhile others read theirs
        keep(file, decoded);
        return decoded;
    }

    private synchronized Picture known(PictureFootage.Content file) {
        return kept.get(file);
    }

    private synchronized void keep(PictureFootage.Content file, Picture strip) {
        if (size(strip) > most || kept.put(file, strip) != null) return;
        bytes += size(strip);
        Iterator<Picture> oldest = kept.values().iterator();
        while (bytes > most) {
            bytes -= size(oldest.next());
            oldest.remove();
        }
    }

    private static long size(Picture strip) {
        return 3L * strip.width() * strip.height();
    }
}
