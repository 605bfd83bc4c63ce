package dev.calotype.embedding;

import dev.calotype.column.Columns;
import dev.calotype.data.Chosen;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * The samples of a data set with what is read of their captions as the column {@link Columns#WORDS}.
 *
 * @param all the data set, owned
 * @param words what reads captions
 * @param reader what they are read by, owned
 */
public record CaptionedWords(ImageDataset all, Words words, Closeable reader) implements Chosen {
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
        return all.read(index).with(Columns.WORDS, words.of(List.of(all.caption(index))));
    }

    @Override
    public void close() throws IOException {
        try (reader) {
            all.close();
        }
    }
}
