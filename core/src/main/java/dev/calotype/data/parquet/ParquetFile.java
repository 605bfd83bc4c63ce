package dev.calotype.data.parquet;

import dev.calotype.data.store.RandomFile;
import dev.calotype.io.Reason;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A table in Apache Parquet's form, read page by page: opening reads the footer alone, and a value its page.
 *
 * <p>Why not a library: Hardwood wants Java 21, and Apache's own allocates what a page claims before it looks whether the file has
 * it (eight gigabytes for five bytes of levels), so it cannot be given the files of strangers. Codecs are aircompressor's.
 *
 * @see <a href="https://github.com/apache/parquet-format">the format</a>
 */
public final class ParquetFile implements Closeable {
    private final RandomFile file;
    private final Footer footer;
    private final long rows;

    private ParquetFile(RandomFile file) throws IOException {
        this.file = file;
        footer = Footer.read(file);
        long sum = 0;
        for (Footer.RowGroup group : footer.groups()) {
            sum += group.rows();
            if (sum > file.size())
                throw new IOException("it claims more than " + sum + " rows and has " + file.size() + " bytes");
        }
        rows = sum;
    }

    /**
     * Opens a file.
     *
     * @throws IOException in one sentence that names it, if it is not whole
     */
    public static ParquetFile open(Path path) throws IOException {
        RandomFile file = new RandomFile(path);
        try {
            return new ParquetFile(file);
        } catch (IOException | RuntimeException e) {
            file.close();
            throw naming(path, e);
        }
    }

    private static IOException naming(Path path, Exception e) {
        return new IOException(path + " is no Parquet file that can be read: " + Reason.of(e), e);
    }

    public Path path() {
        return file.path();
    }

    public long rows() {
        return rows;
    }

    public List<ParquetColumn> columns() {
        return footer.columns();
    }

    /** Texts that the writer left. */
    public Map<String, String> metadata() {
        return footer.metadata();
    }

    /**
     * Reads a column whose rows have one value each, or none.
     *
     * @throws IOException in one sentence, if its codec is not read or its place is not in the file
     */
    public ColumnReader column(ParquetColumn column, PageCache cache) throws IOException {
        if (!column.isFlat()) throw new IllegalArgumentException("a column must not be a list: " + column.name());
        ColumnChunk[] chunks = footer.groups().stream()
                .map(group -> group.chunks().get(column.index()))
                .toArray(ColumnChunk[]::new);
        long[] firstRows = new long[chunks.length + 1];
        for (int g = 0; g < chunks.length; g++) {
            Footer.RowGroup group = footer.groups().get(g);
            firstRows[g + 1] = firstRows[g] + group.rows();
            try {
                require(chunks[g], group.rows());
            } catch (IOException e) {
                throw new IOException(naming(path(), e).getMessage() + ", in the column " + column.name(), e);
            }
        }
        return new ColumnReader(file, column, Arrays.asList(chunks), firstRows, cache);
    }

    private void require(ColumnChunk chunk, long groupRows) throws IOException {
        if (chunk.encrypted()) throw new IOException("it is encrypted");
        if (chunk.elsewhere()) throw new IOException("its values lie in another file");
        Codec.of(chunk.codec());
        boolean inside = chunk.start() >= 4 && chunk.bytes() >= 0 && chunk.bytes() <= file.size() - chunk.start();
        if (!inside || chunk.values() != groupRows)
            throw new IOException("it claims " + chunk.values() + " values for " + groupRows + " rows in "
                    + chunk.bytes() + " bytes at " + chunk.start() + " of " + file.size());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
