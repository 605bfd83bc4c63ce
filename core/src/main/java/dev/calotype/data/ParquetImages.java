package dev.calotype.data;

import dev.calotype.data.label.LabelRule;
import dev.calotype.data.label.Labels;
import dev.calotype.data.parquet.ColumnReader;
import dev.calotype.data.parquet.PageCache;
import dev.calotype.data.parquet.ParquetColumn;
import dev.calotype.data.parquet.ParquetFile;
import dev.calotype.data.store.LeftOut;
import dev.calotype.data.store.PassedOver;
import dev.calotype.data.store.UnpackedFiles;
import dev.calotype.image.ImageFiles;
import dev.calotype.io.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Pictures in a column of one or more Parquet tables, the form of most data sets on the Hugging Face hub: {@link TableColumns} says
 * which. A picture is read with the page that it lies in; the pages read last are kept.
 */
final class ParquetImages implements ImageDataset {
    private static final int MOST_ROWS = Integer.MAX_VALUE - 8;

    private final String name;
    private final int channels;
    private final List<Table> tables = new ArrayList<>();
    private final PageCache cache;
    private final long size;
    private final Labels labels;
    private final List<PassedOver> passedOver;

    /** One file, whose rows begin with number {@code first} of all; readers of what it has not are null. */
    private record Table(
            ParquetFile file,
            TableColumns columns,
            ColumnReader picture,
            ColumnReader path,
            ColumnReader label,
            ColumnReader caption,
            long first) {}

    private ParquetImages(String name, List<Path> files, ReadOptions options, LeftOut leftOut) throws IOException {
        this.name = name;
        channels = options.channels();
        cache = PageCache.ofHeap(new UnpackedFiles(options.cache()));
        try {
            long rows = 0;
            for (Path path : files) rows = add(ParquetFile.open(path), rows);
            if (rows == 0) throw new IOException(name + " has no rows");
            if (rows > MOST_ROWS)
                throw new IOException(name + " has " + rows + " rows; at most " + MOST_ROWS + " are read");
            size = rows;
            requirePictures();
            labels = labels(options.labels());
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        for (Table table : tables.subList(0, 1)) table.columns.countOthers(table.file, leftOut);
        leftOut.tell(name);
        passedOver = leftOut.list();
    }

    /** The rows of some files, one after the other; {@code leftOut} is what else is known to lie there. */
    static ParquetImages open(String name, List<Path> files, ReadOptions options, LeftOut leftOut) throws IOException {
        return new ParquetImages(name, files, options, leftOut);
    }

    private long add(ParquetFile file, long first) throws IOException {
        try {
            TableColumns columns = TableColumns.of(file);
            TableColumns before = tables.isEmpty() ? columns : tables.get(0).columns;
            boolean alike = columns.picture().name().equals(before.picture().name())
                    && Objects.equals(name(columns.label()), name(before.label()))
                    && columns.classes().equals(before.classes());
            if (!alike)
                throw new IOException(file.path() + " has other columns or classes than "
                        + tables.get(0).file.path() + ": they are no parts of one data set");
            tables.add(new Table(
                    file,
                    columns,
                    reader(file, columns.picture()),
                    reader(file, columns.path()),
                    reader(file, columns.label()),
                    reader(file, columns.caption()),
                    first));
            return first + file.rows();
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private ColumnReader reader(ParquetFile file, ParquetColumn column) throws IOException {
        return column == null ? null : file.column(column, cache);
    }

    private static String name(ParquetColumn column) {
        return column == null ? null : column.name();
    }

    /** A table may hold names of pictures in their place. */
    private void requirePictures() throws IOException {
        Table table = table(0);
        if (table.picture.bytes(0) != null || table.path == null) return;
        String path = table.path.text(0);
        if (path != null)
            throw new IOException(
                    name + " holds paths (" + path + ") instead of pictures: write it with the pictures in it,"
                            + " or name the folder that they lie in");
    }

    private Labels labels(LabelRule rule) throws IOException {
        ParquetColumn column = tables.get(0).columns.label();
        List<String> classes = tables.get(0).columns.classes();
        if (!rule.takesWritten(name)) return Labels.none((int) size, Labels.NOT_ASKED);
        if (column == null)
            return Labels.none((int) size, "none: no column is called label, and none is of the type ClassLabel");
        String[] texts = new String[(int) size];
        int[] numbers = new int[classes.isEmpty() ? 0 : (int) size];
        for (Table table : tables)
            for (long row = 0; row < table.file.rows(); row++) {
                int at = (int) (table.first + row);
                String text = table.label.text(row);
                if (classes.isEmpty()) texts[at] = text == null || text.startsWith("-") ? null : text.intern();
                else numbers[at] = number(text, classes.size(), table, row);
            }
        String source = "column " + column.name();
        return classes.isEmpty() ? Labels.written(texts, source) : new Labels(classes, numbers, source);
    }

    private static int number(String text, int classes, Table table, long row) throws IOException {
        if (text == null || text.equals("-1")) return Labels.UNLABELLED;
        if (text.matches("\\d{1,9}") && Integer.parseInt(text) < classes) return Integer.parseInt(text);
        throw new IOException(
                table.file.path() + ", row " + row + ": label must be in -1.." + (classes - 1) + ": " + text);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int label(long index) {
        return labels.of()[(int) index];
    }

    @Override
    public List<String> classes() {
        return labels.classes();
    }

    @Override
    public String labelSource() {
        return labels.source();
    }

    @Override
    public List<PassedOver> passedOver() {
        return passedOver;
    }

    @Override
    public String sampleName(long index) {
        Table table = table(index);
        return table.file.path() + "#" + (index - table.first);
    }

    private Table table(long index) {
        Objects.checkIndex(index, size);
        int last = tables.size() - 1;
        while (tables.get(last).first > index) last--;
        return tables.get(last);
    }

    @Override
    public Sample read(long index) throws IOException {
        Table table = table(index);
        long row = index - table.first;
        byte[] bytes = table.picture.bytes(row);
        if (bytes == null) throw new IOException(sampleName(index) + ": it has no picture");
        String caption = table.caption == null ? null : table.caption.text(row);
        try {
            return new Sample(
                    sampleName(index),
                    ImageFiles.decode(bytes, channels),
                    labels.of()[(int) index],
                    caption == null ? "" : caption.strip(),
                    Map.of());
        } catch (IOException e) {
            throw new IOException(sampleName(index) + ": " + Reason.of(e), e);
        }
    }

    @Override
    public void close() throws IOException {
        for (Table table : tables) table.file.close();
    }
}
