package dev.calotype.data.parquet;

import dev.calotype.data.store.RandomFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the end of a file says of the rest.
 *
 * @param metadata texts that the writer left, such as {@code huggingface}
 */
record Footer(List<ParquetColumn> columns, List<RowGroup> groups, Map<String, String> metadata) {
    private static final int TAIL = 8; // length of the footer and magic
    private static final int MOST = 1 << 28;

    /** Some rows; one chunk for each column. */
    record RowGroup(long rows, List<ColumnChunk> chunks) {}

    static Footer read(RandomFile file) throws IOException {
        if (file.size() < TAIL + 4) throw new IOException("it is cut off");
        byte[] tail = file.read(file.size() - TAIL, TAIL);
        String magic = new String(tail, 4, 4, StandardCharsets.ISO_8859_1);
        if (magic.equals("PARE")) throw new IOException("it is encrypted");
        if (!magic.equals("PAR1")) throw new IOException("it is cut off: its end is not that of a Parquet file");
        long length = 0;
        for (int i = 3; i >= 0; i--) length = length << 8 | tail[i] & 0xFF;
        if (length > MOST || length > file.size() - TAIL - 4)
            throw new IOException("it claims a footer of " + length + " bytes and has " + file.size());
        ThriftReader in = new ThriftReader(file.read(file.size() - TAIL - length, (int) length));
        Schema schema = new Schema();
        List<RowGroup> groups = new ArrayList<>();
        Map<String, String> metadata = new HashMap<>();
        in.fields((id, value) -> switch (id) {
            case 2 -> value.list(schema::add);
            case 4 -> value.list(group -> groups.add(group(group, file.size())));
            case 5 -> value.list(pair -> keyAndValue(pair, metadata));
            default -> false;
        });
        List<ParquetColumn> columns = schema.columns();
        for (RowGroup group : groups)
            if (group.chunks.size() != columns.size())
                throw new IOException(
                        "a row group of it has " + group.chunks.size() + " columns instead of " + columns.size());
        return new Footer(columns, List.copyOf(groups), Map.copyOf(metadata));
    }

    private static RowGroup group(ThriftReader.Value value, long size) throws IOException {
        long[] rows = {-1};
        List<ColumnChunk> chunks = new ArrayList<>();
        value.struct((id, field) -> {
            if (id == 3) rows[0] = field.number();
            return id == 3 || id == 1 && field.list(chunk -> chunks.add(ColumnChunk.read(chunk)));
        });
        if (rows[0] < 0 || rows[0] > size)
            throw new IOException("it claims " + rows[0] + " rows in a group and has " + size + " bytes");
        return new RowGroup(rows[0], List.copyOf(chunks));
    }

    private static void keyAndValue(ThriftReader.Value value, Map<String, String> metadata) throws IOException {
        String[] pair = {"", ""};
        value.struct((id, field) -> {
            if (id == 1 || id == 2) pair[id - 1] = field.text();
            return id == 1 || id == 2;
        });
        metadata.put(pair[0], pair[1]);
    }
}
