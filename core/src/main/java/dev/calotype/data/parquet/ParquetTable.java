package dev.calotype.data.parquet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A small table as a file of Parquet: one group of rows, one page of each column, plain values, not compressed; each value may be absent.
 *
 * @see <a href="https://parquet.apache.org/docs/file-format/">the format</a>
 */
public final class ParquetTable {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.ISO_8859_1);
    private static final int INT32 = 1, BYTE_ARRAY = 6; // types
    private static final int UTF8 = 0; // converted type
    private static final int OPTIONAL = 1;
    private static final int PLAIN = 0, RLE = 3; // encodings
    private static final int DATA_PAGE = 0, UNCOMPRESSED = 0;

    private record Column(String name, boolean text, List<?> values) {}

    private final List<Column> columns = new ArrayList<>();
    private final int rows;

    /** An empty one of so many rows. */
    public ParquetTable(int rows) {
        this.rows = rows;
    }

    /** A column of texts; null stands for no value. */
    public ParquetTable texts(String name, List<String> values) {
        columns.add(new Column(name, true, values));
        return this;
    }

    /** A column of whole numbers of 32 bits. */
    public ParquetTable numbers(String name, List<Integer> values) {
        columns.add(new Column(name, false, values));
        return this;
    }

    /** The whole file. */
    public byte[] bytes() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(MAGIC);
        List<ThriftWriter> chunks = new ArrayList<>(), schema = new ArrayList<>();
        schema.add(new ThriftWriter().text(4, "schema").number(5, columns.size()));
        long total = 0;
        for (Column column : columns) {
            ThriftWriter element = new ThriftWriter()
                    .number(1, column.text ? BYTE_ARRAY : INT32)
                    .number(3, OPTIONAL)
                    .text(4, column.name);
            schema.add(column.text ? element.number(6, UTF8) : element);
            long at = file.size();
            byte[] page = page(column);
            file.writeBytes(header(page.length));
            file.writeBytes(page);
            long size = file.size() - at;
            total += size;
            ThriftWriter meta = new ThriftWriter()
                    .number(1, column.text ? BYTE_ARRAY : INT32)
                    .numbers(2, PLAIN, RLE)
                    .texts(3, column.name)
                    .number(4, UNCOMPRESSED)
                    .number(5, (long) rows)
                    .number(6, size)
                    .number(7, size)
                    .number(9, at);
            chunks.add(new ThriftWriter().number(2, at).struct(3, meta));
        }
        ThriftWriter group =
                new ThriftWriter().structs(1, chunks).number(2, total).number(3, (long) rows);
        byte[] footer = new ThriftWriter()
                .number(1, 1)
                .structs(2, schema)
                .number(3, (long) rows)
                .structs(4, List.of(group))
                .text(6, "Calotype")
                .bytes();
        file.writeBytes(footer);
        file.writeBytes(little(footer.length));
        file.writeBytes(MAGIC);
        return file.toByteArray();
    }

    private byte[] header(int length) {
        ThriftWriter data = new ThriftWriter()
                .number(1, rows)
                .number(2, PLAIN)
                .number(3, RLE)
                .number(4, RLE);
        return new ThriftWriter()
                .number(1, DATA_PAGE)
                .number(2, length)
                .number(3, length)
                .struct(5, data)
                .bytes();
    }

    /** Which values there are, a bit each in groups of eight, then those that there are. */
    private byte[] page(Column column) {
        int groups = (rows + 7) / 8;
        byte[] there = new byte[groups];
        ByteArrayOutputStream values = new ByteArrayOutputStream();
        for (int i = 0; i < rows; i++) {
            Object value = column.values.get(i);
            if (value == null) continue;
            there[i / 8] |= (byte) (1 << i % 8);
            if (column.text) {
                byte[] utf8 = ((String) value).getBytes(StandardCharsets.UTF_8);
                values.writeBytes(little(utf8.length));
                values.writeBytes(utf8);
            } else values.writeBytes(little((Integer) value));
        }
        ByteArrayOutputStream levels = new ByteArrayOutputStream();
        for (long head = (long) groups << 1 | 1; ; head >>>= 7) { // a run of groups that are packed bit by bit
            boolean more = head > 0x7F;
            levels.write((int) (head & 0x7F) | (more ? 0x80 : 0));
            if (!more) break;
        }
        levels.writeBytes(there);
        ByteArrayOutputStream page = new ByteArrayOutputStream();
        page.writeBytes(little(levels.size()));
        page.writeBytes(levels.toByteArray());
        page.writeBytes(values.toByteArray());
        return page.toByteArray();
    }

    private static byte[] little(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }
}
