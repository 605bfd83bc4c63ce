package dev.calotype.data.parquet;

import dev.calotype.data.store.RandomFile;
import dev.calotype.io.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The values of one column, read in any order and by several threads. The pages of a row group are found when one is wanted. */
public final class ColumnReader {
    private static final long NONE = -1;

    private final RandomFile file;
    private final ParquetColumn column;
    private final List<ColumnChunk> chunks;
    private final long[] firstRows; // of each row group, and the end
    private final PageCache cache;
    private final AtomicReferenceArray<Pages> pages;

    ColumnReader(RandomFile file, ParquetColumn column, List<ColumnChunk> chunks, long[] firstRows, PageCache cache) {
        this.file = file;
        this.column = column;
        this.chunks = chunks;
        this.firstRows = firstRows;
        this.cache = cache;
        pages = new AtomicReferenceArray<>(chunks.size());
    }

    /** Where the data pages of a row group begin and with which of its rows, the end last, and the dictionary or {@link #NONE}. */
    private record Pages(long[] places, long[] rows, long dictionary) {}

    public ParquetColumn column() {
        return column;
    }

    /** The bytes of a row, or null; only of bytes and texts. */
    public byte[] bytes(long row) throws IOException {
        Found found = find(row);
        return found.index < 0 ? null : found.page.values().bytes(found.index);
    }

    /** The value of a row as text, a number in digits; or null. */
    public String text(long row) throws IOException {
        Found found = find(row);
        if (found.index < 0) return null;
        PageValues values = found.page.values();
        return values.from() == null
                ? Long.toString(values.numbers()[found.index])
                : new String(values.bytes(found.index), StandardCharsets.UTF_8);
    }

    private record Found(DataPage page, int index) {}

    private Found find(long row) throws IOException {
        Objects.checkIndex(row, firstRows[firstRows.length - 1]);
        int group = last(firstRows, row);
        try {
            Pages there = pages(group);
            long within = row - firstRows[group];
            int number = last(there.rows, within);
            DataPage page = page(group, there, number);
            return new Found(page, page.valueOf((int) (within - there.rows[number])));
        } catch (IOException e) {
            throw new IOException(file.path() + ", column " + column.name() + ", row " + row + ": " + Reason.of(e), e);
        }
    }

    /** The last place whose first row is not after {@code row}; groups without rows are passed over. */
    private static int last(long[] firsts, long row) {
        int at = Arrays.binarySearch(firsts, row);
        if (at < 0) return -at - 2;
        while (firsts[at + 1] == row) at++;
        return at;
    }

    private DataPage page(int group, Pages there, int number) throws IOException {
        PageCache.Key key = new PageCache.Key(this, there.places[number]);
        DataPage known = cache.find(key);
        if (known != null) return known;
        ColumnChunk chunk = chunks.get(group);
        long end = chunk.start() + chunk.bytes();
        PageHeader header = PageHeader.read(file, there.places[number], end);
        PageValues dictionary = there.dictionary == NONE ? null : dictionary(there.dictionary, chunk);
        return cache.load(
                key, header, () -> DataPage.read(file, key.place(), header, column, chunk, cache, dictionary));
    }

    private Pages pages(int group) throws IOException {
        Pages known = pages.get(group);
        if (known != null) return known;
        ColumnChunk chunk = chunks.get(group);
        long end = chunk.start() + chunk.bytes();
        List<Long> places = new ArrayList<>();
        List<Long> rows = new ArrayList<>();
        long dictionary = NONE;
        long row = 0;
        for (long at = chunk.start(); row < chunk.values(); ) {
            if (at >= end) throw new IOException("its pages hold " + row + " of " + chunk.values() + " rows");
            PageHeader header = PageHeader.read(file, at, end);
            boolean data = header.type() == PageHeader.DATA || header.type() == PageHeader.DATA_2;
            if (data && header.values() > chunk.values() - row)
                throw new IOException("its pages hold more than its " + chunk.values() + " rows");
            if (header.type() == PageHeader.DICTIONARY) dictionary = at;
            if (data) {
                places.add(at);
                rows.add(row);
                row += header.values();
            }
            at += header.bytes() + header.packed();
        }
        rows.add(row);
        Pages found = new Pages(
                places.stream().mapToLong(Long::longValue).toArray(),
                rows.stream().mapToLong(Long::longValue).toArray(),
                dictionary);
        pages.set(group, found);
        return found;
    }

    private PageValues dictionary(long place, ColumnChunk chunk) throws IOException {
        PageCache.Key key = new PageCache.Key(this, place);
        DataPage known = cache.find(key);
        if (known != null) return known.values();
        PageHeader header = PageHeader.read(file, place, chunk.start() + chunk.bytes());
        cache.requireRoom(header);
        DataPage page = cache.load(key, header, () -> {
            byte[] packed = file.read(place + header.bytes(), header.packed());
            Codec codec = Codec.of(chunk.codec());
            byte[] content = codec.expand(packed, 0, header.length());
            PageValues values = PageValues.read(chunk.type(), PageValues.PLAIN, content, 0, header.values(), null);
            return new DataPage(cache.settled(values, file, codec, place + header.bytes(), content), null);
        });
        return page.values();
    }
}
