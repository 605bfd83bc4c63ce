package dev.calotype.restoration;

import dev.calotype.image.Picture;

/** A picture that grows by tiles from the upper left; each fades in over what it shares with those before. */
final class Canvas {
    private final int width;
    private final int height;
    private final int channels;
    private final int overlap;
    private final byte[] pixels;

    /** @param overlap pixels over which a tile fades in */
    Canvas(int width, int height, int channels, int overlap) {
        this.width = width;
        this.height = height;
        this.channels = channels;
        this.overlap = overlap;
        pixels = new byte[Math.multiplyExact(Math.multiplyExact(width, height), channels)];
    }

    /** Lays a tile with its upper left corner at (left, top). */
    void lay(Picture tile, int left, int top) {
        for (int y = 0; y < tile.height(); y++) {
            double down = weight(y, top);
            for (int x = 0; x < tile.width(); x++) {
                double weight = Math.min(down, weight(x, left));
                int to = ((top + y) * width + left + x) * channels;
                for (int c = 0; c < channels; c++) {
                    int fresh = tile.at(x, y, c);
                    int old = pixels[to + c] & 0xFF;
                    pixels[to + c] = (byte) Math.round(old + weight * (fresh - old));
                }
            }
        }
    }

    /** Grows from the edge of a tile; 1 where the picture begins there. */
    private double weight(int inside, int begin) {
        return begin == 0 ? 1 : Math.min(1, (inside + 0.5) / overlap);
    }

    Picture picture() {
        return new Picture(width, height, channels, pixels);
    }
}
