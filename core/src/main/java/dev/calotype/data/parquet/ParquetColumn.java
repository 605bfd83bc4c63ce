package dev.calotype.data.parquet;

import java.util.List;

/**
 * One column of plain values, as the schema has it.
 *
 * @param path its name, after those of the groups that it lies in
 * @param kind of its values
 * @param index among the columns
 * @param optional how many of it and its groups may be absent
 * @param repeated how many of it and its groups are lists
 */
public record ParquetColumn(List<String> path, Kind kind, int index, int optional, int repeated) {
    /** What values are. */
    public enum Kind {
        TRUTH,
        WHOLE_NUMBER,
        OTHER_NUMBER,
        TEXT,
        BYTES
    }

    /** {@code image.bytes}. */
    public String name() {
        return String.join(".", path);
    }

    /** Whether each row has one value, or none. */
    public boolean isFlat() {
        return repeated == 0;
    }
}
