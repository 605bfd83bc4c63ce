package dev.calotype.restore;

/** Where alone an answer is wanted, row by row of the pixels of an image; null for everywhere. */
record Wanted(boolean[] pixels) {
    static final Wanted ALL = new Wanted(null);

    /** With all that is no farther from it than {@code by}, each way. */
    Wanted grown(int by, int height, int width) {
        if (pixels == null) return this;
        boolean[] rows = new boolean[pixels.length], grown = new boolean[pixels.length];
        for (int y = 0; y < height; y++) grow(pixels, rows, by, y * width, width, 1);
        for (int x = 0; x < width; x++) grow(rows, grown, by, x, height, width);
        return new Wanted(grown);
    }

    private static void grow(boolean[] from, boolean[] to, int by, int start, int count, int step) {
        for (int i = 0, end = 0; i < count; i++) {
            if (!from[start + i * step]) continue;
            int until = Math.min(count, i + by + 1);
            for (int j = Math.max(end, i - by); j < until; j++) to[start + j * step] = true;
            end = until;
        }
    }

    Span[] spans(int start, int width, int rows, int columns) {
        return pixels == null ? Span.all(rows, new Span(0, columns)) : Span.of(pixels, start, width, rows, columns);
    }

    boolean isAll() {
        return pixels == null;
    }
}
