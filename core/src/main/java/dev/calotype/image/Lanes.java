package dev.calotype.image;

/**
 * Rows or columns of a picture side by side: sample {@code i} of lane {@code l} begins at
 * {@code bytes[offset + i * step + l * laneStep]}.
 */
record Lanes(byte[] bytes, int offset, int step, int laneStep) {
    /** The most lanes that are worked on at once. */
    private static final int MOST = 256;

    /** What is done with lanes {@code first} to {@code first + count - 1}. */
    interface Tile {
        void accept(int first, int count);
    }

    int at(int sample, int lane) {
        return offset + sample * step + lane * laneStep;
    }

    /** Cuts {@code lanes} into tiles of nearly equal width. */
    static void tiles(int lanes, Tile tile) {
        int tiles = (lanes + MOST - 1) / MOST;
        for (int t = 0; t < tiles; t++) {
            int first = (int) ((long) lanes * t / tiles);
            tile.accept(first, (int) ((long) lanes * (t + 1) / tiles) - first);
        }
    }
}
