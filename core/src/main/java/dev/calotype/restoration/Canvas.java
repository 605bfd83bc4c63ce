package dev.calotype.restoration;

import dev.calotype.image.DeepPicture;
import dev.calotype.image.Picture;

/**
 * A picture of 8 or 16 bits over which restored tiles are laid from the upper left; each fades in over what it shares with those
 * before.
 */
final class Canvas {
    private final int width;
    private final int height;
    private final int channels;
    private final int overlap;
    private final byte[] coarse;
    private final short[] fine; // null of 8 bits
    private final int most;

    private Canvas(int width, int height, int channels, int overlap, byte[] coarse, short[] fine) {
        this.width = width;
        this.height = height;
        this.channels = channels;
        this.overlap = overlap;
        this.coarse = coarse;
        this.fine = fine;
        most = fine == null ? 255 : DeepPicture.MOST;
    }

    /**
     * A canvas that begins as a picture, which is left as it is.
     *
     * @param overlap pixels over which a tile fades in
     */
    static Canvas of(Picture begun, int overlap) {
        return new Canvas(
                begun.width(),
                begun.height(),
                begun.channels(),
                overlap,
                begun.pixels().clone(),
                null);
    }

    /** {@link #of(Picture, int)} in 16 bits. */
    static Canvas of(DeepPicture begun, int overlap) {
        return new Canvas(
                begun.width(),
                begun.height(),
                begun.channels(),
                overlap,
                null,
                begun.samples().clone());
    }

    /** A black canvas, in 16 bits if {@code deep}. */
    static Canvas black(int width, int height, int channels, int overlap, Depth depth) {
        int samples = Math.multiplyExact(Math.multiplyExact(width, height), channels);
        return depth == Depth.DEEP
                ? new Canvas(width, height, channels, overlap, null, new short[samples])
                : new Canvas(width, height, channels, overlap, new byte[samples], null);
    }

    /** Bits of a sample. */
    enum Depth {
        /** 8. */
        COARSE,
        /** 16. */
        DEEP
    }

    /**
     * Lays a tile.
     *
     * @param only where it is to be laid, not 0 there; null for everywhere
     */
    void lay(RestoredPart tile, int left, int top, Picture only) {
        int area = tile.width() * tile.height();
        for (int y = 0; y < tile.height(); y++) {
            double down = weight(y, top);
            for (int x = 0; x < tile.width(); x++) {
                if (only != null && only.at(left + x, top + y, 0) == 0) continue;
                double weight = Math.min(down, weight(x, left));
                int to = ((top + y) * width + left + x) * channels;
                for (int c = 0; c < channels; c++) {
                    int fresh = level(tile.image()[c * area + y * tile.width() + x]);
                    int old = at(to + c);
                    put(to + c, (int) Math.round(old + weight * (fresh - old)));
                }
            }
        }
    }

    /** Of a value in [-1, 1], rounded half up and clipped. */
    private int level(float value) {
        float half = most / 2f;
        return (int) Math.max(0, Math.min(most, value * half + (half + 0.5f)));
    }

    private int at(int i) {
        return fine == null ? coarse[i] & 0xFF : fine[i] & DeepPicture.MOST;
    }

    private void put(int i, int level) {
        if (fine == null) coarse[i] = (byte) level;
        else fine[i] = (short) level;
    }

    /** Grows from the edge of a tile; 1 where the picture begins there. */
    private double weight(int inside, int begin) {
        return begin == 0 ? 1 : Math.min(1, (inside + 0.5) / overlap);
    }

    /** What lies on a canvas of 8 bits. */
    Picture picture() {
        return new Picture(width, height, channels, coarse);
    }

    /** What lies on a canvas of 16 bits. */
    DeepPicture deep() {
        return new DeepPicture(width, height, channels, fine);
    }
}
