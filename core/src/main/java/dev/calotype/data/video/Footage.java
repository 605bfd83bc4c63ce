package dev.calotype.data.video;

import dev.calotype.image.Picture;
import java.io.IOException;
import java.util.List;

/** Frames that follow each other, wherever they lie. May be read by several threads. */
interface Footage {
    /**
     * When its frames are shown.
     *
     * @throws IOException if it cannot be read, or has no frame; in one sentence without its name
     */
    Timeline timeline() throws IOException;

    /**
     * Some of its frames, in RGB.
     *
     * @param indices not falling; a frame that is wanted twice is there twice
     */
    List<Picture> frames(int... indices) throws IOException;

    /** The most bytes that the frames of one clip may take: an eighth of what Java may have. */
    static void requireRoom(int frames, long width, long height) throws IOException {
        long needed = Math.multiplyExact(Math.multiplyExact(width, height), 3L * frames);
        long most = Runtime.getRuntime().maxMemory() / 8;
        if (needed > most)
            throw new IOException(
                    "a clip of " + frames + " frames of " + width + " x " + height + " pixels takes " + (needed >> 20)
                            + " MB, and there are " + (most >> 20)
                            + " for one: ask for fewer frames, make the video smaller, or give Java"
                            + " more memory (-Xmx)");
    }
}
