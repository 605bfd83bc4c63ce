package dev.calotype.restore;

import java.util.Arrays;

/** Numbers from {@code from} to before {@code to}; none if that is no more than {@code from}. */
record Span(int from, int to) {
    static final Span EMPTY = new Span(0, 0);

    boolean isEmpty() {
        return to <= from;
    }

    private Span with(Span other) {
        if (isEmpty()) return other;
        return other.isEmpty() ? this : new Span(Math.min(from, other.from), Math.max(to, other.to));
    }

    /** So many times the same. */
    static Span[] all(int count, Span each) {
        Span[] all = new Span[count];
        Arrays.fill(all, each);
        return all;
    }

    /** Of each line the least that holds everything of it that is wanted. */
    static Span[] of(boolean[] wanted, int start, int width, int lines, int columns) {
        Span[] spans = new Span[lines];
        for (int y = 0; y < lines; y++) {
            int from = columns, to = 0;
            for (int x = 0; x < columns; x++) {
                if (!wanted[start + y * width + x]) continue;
                from = Math.min(from, x);
                to = x + 1;
            }
            spans[y] = to == 0 ? EMPTY : new Span(from, to);
        }
        return spans;
    }

    /** Of as many lines and {@code last} - 1 more the least that holds those of the last so many lines, each longer by {@code more}. */
    static Span[] ofLast(Span[] spans, int last, int more) {
        Span[] joined = all(spans.length + last - 1, EMPTY);
        for (int y = 0; y < spans.length; y++) {
            if (spans[y].isEmpty()) continue;
            Span longer = new Span(spans[y].from, spans[y].to + more);
            for (int k = 0; k < last; k++) joined[y + k] = joined[y + k].with(longer);
        }
        return joined;
    }
}
