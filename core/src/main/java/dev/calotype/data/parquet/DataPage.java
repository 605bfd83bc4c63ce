package dev.calotype.data.parquet;

import dev.calotype.data.store.RandomFile;
import java.io.IOException;

/**
 * The rows of one page.
 *
 * @param values those that are there
 * @param index of each row among the values, or -1; null where all are there
 */
record DataPage(PageValues values, int[] index) {
    private static final int ABSENT = -1;

    static DataPage read(
            RandomFile file,
            long place,
            PageHeader header,
            ParquetColumn column,
            ColumnChunk chunk,
            PageCache cache,
            PageValues dictionary)
            throws IOException {
        Codec codec = Codec.of(chunk.codec());
        cache.requireRoom(header);
        byte[] packed = file.read(place + header.bytes(), header.packed());
        int width = 32 - Integer.numberOfLeadingZeros(column.optional());
        boolean second = header.type() == PageHeader.DATA_2;
        int before = second ? header.repetition() + header.absence() : 0;
        boolean sound = header.repetition() >= 0
                && header.absence() >= 0
                && before >= 0
                && before <= Math.min(packed.length, header.length());
        if (!sound) throw new IOException("a page of it is damaged: its levels are cut off");
        Codec own = header.compressed() ? codec : Codec.UNCOMPRESSED;
        byte[] content = own.expand(packed, before, header.length() - before);
        int[] levels = null;
        int at = 0;
        if (second && width > 0) levels = levels(packed, header.repetition(), before, width, header.values());
        if (!second && width > 0) {
            at = 4 + levelBytes(header, content);
            levels = levels(content, 4, at, width, header.values());
        }
        DataPage page = of(levels, content, at, header, column, chunk, dictionary);
        if (!PageValues.liesInPage(header.encoding())) return page;
        long base = place + header.bytes() + before;
        return new DataPage(cache.settled(page.values, file, own, base, content), page.index);
    }

    private static int levelBytes(PageHeader header, byte[] content) throws IOException {
        if (header.levels() != PageHeader.RLE)
            throw new IOException("it tells absent values by the old encoding BIT_PACKED, which is not read");
        if (content.length < 4) throw new IOException("a page of it is damaged: it has no levels");
        int length = content[0] & 0xFF | (content[1] & 0xFF) << 8 | (content[2] & 0xFF) << 16 | content[3] << 24;
        if (length < 0 || length > content.length - 4)
            throw new IOException("a page of it is damaged: its levels are cut off");
        return length;
    }

    private static int[] levels(byte[] bytes, int from, int end, int width, int count) throws IOException {
        int[] levels = new int[count];
        new HybridReader(bytes, from, end, width).read(levels);
        return levels;
    }

    private static DataPage of(
            int[] levels,
            byte[] content,
            int at,
            PageHeader header,
            ParquetColumn column,
            ColumnChunk chunk,
            PageValues dictionary)
            throws IOException {
        int there = levels == null ? header.values() : 0;
        for (int i = 0; levels != null && i < levels.length; i++) {
            boolean present = levels[i] == column.optional();
            levels[i] = present ? there++ : ABSENT;
        }
        PageValues values = PageValues.read(chunk.type(), header.encoding(), content, at, there, dictionary);
        return new DataPage(values, there == header.values() ? null : levels);
    }

    /** The index of a row among the values, or -1 for none. */
    int valueOf(int row) {
        return index == null ? row : index[row];
    }

    long size() {
        return values.size() + (index == null ? 0 : 4L * index.length);
    }
}
