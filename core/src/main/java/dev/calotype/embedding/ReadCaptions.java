package dev.calotype.embedding;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.Chosen;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * A data set whose samples have their captions as a column, with what these are read by: whoever learns from them does so.
 *
 * @param all the data set, owned
 * @param encoder reads them
 * @param reader what the encoder is part of, owned
 */
public record ReadCaptions(ImageDataset all, TextEncoder encoder, Closeable reader) implements Chosen {
    @Override
    public long size() {
        return all.size();
    }

    @Override
    public long place(long index) {
        return index;
    }

    @Override
    public Sample read(long index) throws IOException {
        Sample sample = all.read(index);
        if (sample.columns().has(Columns.CAPTION)) return sample;
        return sample.with(Columns.CAPTION, new Column.Texts(List.of(all.caption(index))));
    }

    @Override
    public void close() throws IOException {
        try (reader) {
            all.close();
        }
    }
}
