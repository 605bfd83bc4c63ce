package dev.calotype.embedding;

import dev.calotype.data.Chosen;
import dev.calotype.data.ImageDataset;
import java.io.Closeable;
import java.io.IOException;

/**
 * A data set with what its captions are read by.
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
    public void close() throws IOException {
        try (reader) {
            all.close();
        }
    }
}
