package dev.calotype.restoration;

import java.util.ArrayList;
import java.util.List;

/**
 * Covers a picture with overlapping parts of about one size, so that memory is bounded by the part.
 *
 * @param overlap pixels that neighbours share
 */
record Tiles(List<Tile> all, int overlap) {
    private static final int BLOCK = 16;

    /** A part, and whether something lies before it. */
    record Tile(int left, int top, int width, int height) {}

    Tiles {
        all = List.copyOf(all);
    }

    /**
     * The tiles of a picture; a single one if it has no more than {@code most} pixels.
     *
     * @param most pixels of a tile, more or less
     */
    static Tiles of(int width, int height, long most, int overlap) {
        if ((long) width * height <= most) return new Tiles(List.of(new Tile(0, 0, width, height)), overlap);
        int side = Math.max(4 * (overlap + BLOCK), (int) Math.sqrt(most));
        int narrow = Math.min(width, height);
        int other = narrow < side ? (int) Math.max(side, most / narrow) : side; // a strip is cut across only
        List<Tile> all = new ArrayList<>();
        for (int[] row : spans(height, height <= width ? side : other, overlap))
            for (int[] column : spans(width, width < height ? side : other, overlap))
                all.add(new Tile(column[0], row[0], column[1], row[1]));
        return new Tiles(all, overlap);
    }

    /** Begins and lengths of spans that cover {@code size} and begin at whole blocks of JPEG. */
    private static List<int[]> spans(int size, int side, int overlap) {
        if (size <= side) return List.of(new int[] {0, size});
        int shared = overlap + BLOCK; // for what the blocks take away
        int count = ceil(size - shared, side - shared);
        int length = ceil(ceil(size + (count - 1) * shared, count), BLOCK) * BLOCK;
        List<int[]> spans = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) i * (size - length) / (count - 1)) / BLOCK * BLOCK;
            spans.add(new int[] {from, i == count - 1 ? size - from : length});
        }
        return spans;
    }

    private static int ceil(int a, int b) {
        return (a + b - 1) / b;
    }

    boolean isSingle() {
        return all.size() == 1;
    }
}
