package dev.calotype.data;

import java.util.List;

/**
 * Positions in an order of samples that were passed over.
 *
 * @param positions ascending
 */
public record Gaps(List<Long> positions) {
    /** Nothing was. */
    public static final Gaps NONE = new Gaps(List.of());

    public Gaps {
        positions = List.copyOf(positions);
    }

    /** The position of the sample that came as number {@code index}. */
    public long position(long index) {
        long position = index;
        for (long gap : positions) if (gap <= position) position++;
        return position;
    }
}
