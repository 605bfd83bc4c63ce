package dev.calotype.collect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.data.parquet.ColumnReader;
import dev.calotype.data.parquet.PageCache;
import dev.calotype.data.parquet.ParquetColumn;
import dev.calotype.data.parquet.ParquetFile;
import dev.calotype.data.store.UnpackedFiles;
import dev.calotype.io.Reason;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A list of addresses and texts: {@code .csv} and {@code .tsv} whose first line names the columns, {@code .jsonl} of objects, {@code .parquet},
 * or {@code .txt} of one address a line; all but Parquet also packed, {@code .gz}. Rows are read when they are asked for.
 */
final class PairList implements Closeable {
    private static final List<String> URLS = List.of("url", "image_url", "img_url", "image_link", "link", "src");
    private static final List<String> CAPTIONS = List.of("caption", "text", "alt", "description", "title");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Closeable source;
    private final Iterator<Pair> rows;

    private PairList(Closeable source, Iterator<Pair> rows) {
        this.source = source;
        this.rows = rows;
    }

    /**
     * Opens a list.
     *
     * @param url the column of the addresses; empty for the first that is called so
     * @param caption the column of the texts; empty for the first that is called so, or for none
     * @param scratch a folder for large pages of Parquet, made when it is needed
     * @throws IOException if it cannot be read or has no such column; names those that it has
     */
    static PairList open(Path file, String url, String caption, Path scratch) throws IOException {
        if (!Files.isRegularFile(file)) throw new IOException("there is no list " + file);
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".parquet")) return parquet(file, url, caption, scratch);
        String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
        InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
        try {
            InputStream in = name.endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
            BufferedReader text = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            if (plain.endsWith(".csv") || plain.endsWith(".tsv"))
                return table(file, text, plain.endsWith(".tsv"), url, caption);
            if (plain.endsWith(".jsonl") || plain.endsWith(".ndjson")) return objects(file, text, url, caption);
            if (plain.endsWith(".txt")) return lines(text);
            throw new IOException(file + " must end in .csv, .tsv, .jsonl, .txt (or these with .gz) or .parquet");
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    /**
     * The next row.
     *
     * @return empty at the end
     * @throws IOException if the list is damaged here
     */
    Optional<Pair> next() throws IOException {
        try {
            return rows.hasNext() ? Optional.of(rows.next()) : Optional.empty();
        } catch (UncheckedIOException e) {
            throw new IOException(
                    "the list cannot be read further: " + e.getCause().getMessage(), e);
        } catch (RuntimeException e) {
            throw new IOException("the list cannot be read further: " + Reason.of(e), e);
        }
    }

    private static PairList table(Path file, BufferedReader text, boolean tabs, String url, String caption)
            throws IOException {
        text.mark(1);
        if (text.read() != 0xFEFF) text.reset(); // a mark of the order of bytes
        CSVParser parser = CSVParser.builder()
                .setReader(text)
                .setFormat(CSVFormat.RFC4180
                        .builder()
                        .setDelimiter(tabs ? '\t' : ',')
                        .setHeader()
                        .setSkipHeaderRecord(true)
                        .setIgnoreEmptyLines(true)
                        .setAllowMissingColumnNames(true)
                        .get())
                .get();
        List<String> names = parser.getHeaderNames();
        int at = column(file, "address", url, URLS, names).orElseThrow(() -> missing(file, names));
        int said = column(file, "text", caption, CAPTIONS, names).orElse(-1);
        Iterator<CSVRecord> records = parser.iterator();
        return new PairList(
                parser,
                new Numbered<>(
                        records, (row, record) -> new Pair(row, cell(record, at), said < 0 ? "" : cell(record, said))));
    }

    private static String cell(CSVRecord record, int column) {
        return column < record.size() ? record.get(column) : "";
    }

    private static PairList objects(Path file, BufferedReader text, String url, String caption) throws IOException {
        MappingIterator<JsonNode> objects = JSON.readerFor(JsonNode.class).readValues(text);
        List<JsonNode> first = new ArrayList<>();
        if (objects.hasNext()) first.add(objects.next());
        List<String> names = new ArrayList<>();
        first.forEach(object -> object.fieldNames().forEachRemaining(names::add));
        String at = names.get(column(file, "address", url, URLS, names).orElseThrow(() -> missing(file, names)));
        if (!caption.isEmpty())
            column(file, "text", caption, CAPTIONS, names); // which is refused where it is not there
        Iterator<JsonNode> all = new Joined<>(first.iterator(), objects);
        return new PairList(
                objects,
                new Numbered<>(
                        all, (row, object) -> new Pair(row, object.path(at).asText(""), said(object, caption))));
    }

    /** The text of an object, of which each has names of its own. */
    private static String said(JsonNode object, String caption) {
        if (!caption.isEmpty()) return object.path(caption).asText("");
        for (String usual : CAPTIONS)
            for (Map.Entry<String, JsonNode> each : object.properties())
                if (each.getKey().equalsIgnoreCase(usual) && !each.getValue().isNull())
                    return each.getValue().asText("");
        return "";
    }

    private static PairList lines(BufferedReader text) {
        Iterator<String> addresses =
                text.lines().filter(line -> !line.isBlank()).iterator();
        return new PairList(text, new Numbered<>(addresses, (row, line) -> new Pair(row, line.strip(), "")));
    }

    private static PairList parquet(Path file, String url, String caption, Path scratch) throws IOException {
        ParquetFile table = ParquetFile.open(file);
        try {
            List<ParquetColumn> columns =
                    table.columns().stream().filter(ParquetColumn::isFlat).toList();
            List<String> names = columns.stream().map(ParquetColumn::name).toList();
            PageCache cache = PageCache.ofHeap(new UnpackedFiles(scratch));
            int at = column(file, "address", url, URLS, names).orElseThrow(() -> missing(file, names));
            int said = column(file, "text", caption, CAPTIONS, names).orElse(-1);
            ColumnReader urls = table.column(columns.get(at), cache);
            ColumnReader captions = said < 0 ? null : table.column(columns.get(said), cache);
            Iterator<Long> rows = LongStream.range(0, table.rows()).iterator();
            return new PairList(
                    table,
                    new Numbered<>(
                            rows,
                            (row, number) ->
                                    new Pair(row, text(urls, row), captions == null ? "" : text(captions, row))));
        } catch (IOException | RuntimeException e) {
            table.close();
            throw e;
        }
    }

    private static String text(ColumnReader column, long row) {
        try {
            String text = column.text(row);
            return text == null ? "" : text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Integer> column(
            Path file, String what, String asked, List<String> usual, List<String> names) throws IOException {
        if (!asked.isEmpty()) {
            int at = names.indexOf(asked);
            if (at >= 0) return Optional.of(at);
            throw new IOException(file + " has no column " + asked + " for the " + what + ": it has " + names);
        }
        for (String name : usual)
            for (int i = 0; i < names.size(); i++) if (names.get(i).equalsIgnoreCase(name)) return Optional.of(i);
        return Optional.empty();
    }

    private static IOException missing(Path file, List<String> names) {
        return new IOException(file + " has no column of addresses, such as url: it has " + names);
    }

    @Override
    public void close() throws IOException {
        source.close();
    }

    private interface Row<T> {
        Pair of(long row, T value);
    }

    private static final class Numbered<T> implements Iterator<Pair> {
        private final Iterator<T> values;
        private final Row<T> row;
        private long next;

        Numbered(Iterator<T> values, Row<T> row) {
            this.values = values;
            this.row = row;
        }

        @Override
        public boolean hasNext() {
            return values.hasNext();
        }

        @Override
        public Pair next() {
            return row.of(next++, values.next());
        }
    }

    private record Joined<T>(Iterator<T> first, Iterator<T> then) implements Iterator<T> {
        @Override
        public boolean hasNext() {
            return first.hasNext() || then.hasNext();
        }

        @Override
        public T next() {
            return first.hasNext() ? first.next() : then.next();
        }
    }
}
