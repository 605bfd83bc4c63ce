package dev.calotype.restoration;

import dev.calotype.image.Picture;
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

    /**
     * Parts around what is missing, and no others: of each square of a grid the box of what is missing in it, with a margin that fades
     * into those before.
     *
     * @param missing not 0 where a pixel is
     * @param side of the squares
     */
    static Tiles around(Picture missing, int side, int margin) {
        List<Tile> all = new ArrayList<>();
        for (int top = 0; top < missing.height(); top += side)
            for (int left = 0; left < missing.width(); left += side) {
                int right = Math.min(missing.width(), left + side), bottom = Math.min(missing.height(), top + side);
                int minX = right, maxX = -1, minY = bottom, maxY = -1;
                for (int y = top; y < bottom; y++)
                    for (int x = left; x < right; x++) {
                        if (missing.at(x, y, 0) == 0) continue;
                        minX = Math.min(minX, x);
                        maxX = Math.max(maxX, x);
                        minY = Math.min(minY, y);
                        maxY = y;
                    }
                if (maxX < 0) continue;
                int x = Math.max(0, minX - margin), y = Math.max(0, minY - margin);
                all.add(new Tile(
                        x,
                        y,
                        Math.min(missing.width(), maxX + 1 + margin) - x,
                        Math.min(missing.height(), maxY + 1 + margin) - y));
            }
        return new Tiles(all, margin);
    }

    /** How many pixels they have together. */
    long pixels() {
        return all.stream()
                .mapToLong(tile -> (long) tile.width() * tile.height())
                .sum();
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
