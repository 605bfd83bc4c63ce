package dev.calotype.data;

import dev.calotype.column.Columns;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

/**
 * What could be read of a batch.
 *
 * @param batch null where that is nothing
 * @param unread positions of what is left out
 */
record Part(Batch batch, List<Long> unread) {
    /**
     * Of rows, null where one could not be read.
     *
     * @param first the position of the first row
     * @param size of the data set: there is nothing behind it that could be left out
     */
    static Part of(Columns[] rows, long first, long size) {
        List<Columns> read = Arrays.stream(rows).filter(Objects::nonNull).toList();
        List<Long> unread = LongStream.range(first, Math.min(size, first + rows.length))
                .filter(position -> rows[(int) (position - first)] == null)
                .boxed()
                .toList();
        return new Part(read.isEmpty() ? null : new Batch(Columns.join(read)), unread);
    }
}
