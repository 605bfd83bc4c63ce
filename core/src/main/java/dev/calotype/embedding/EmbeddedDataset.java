package dev.calotype.embedding;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.Chosen;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Those samples of a data set whose vectors are known, with these as columns {@link Columns#EMBEDDING} and {@link #TEXT}.
 *
 * @param all the data set, owned
 * @param pairs the vectors, one row for each sample
 */
public record EmbeddedDataset(ImageDataset all, EmbeddedPairs pairs, Content content) implements Chosen {
    /** The column of the vectors of captions. */
    public static final String TEXT = "text-embedding";

    /** What a sample has besides its vectors. */
    public enum Content {
        /** Nothing: no picture is read. */
        VECTORS,
        /** All that it has in the data set. */
        SAMPLES
    }

    @Override
    public long size() {
        return pairs.count();
    }

    @Override
    public long place(long row) {
        return pairs.indices()[(int) Objects.checkIndex(row, size())];
    }

    @Override
    public Sample read(long row) throws IOException {
        Sample sample = content == Content.SAMPLES
                ? Chosen.super.read(row)
                : new Sample(name() + "/" + place(row), List.of(), new Columns(Map.of()));
        List<Integer> shape = List.of(pairs.length());
        return sample.with(Columns.EMBEDDING, new Column.Floats(pairs.picture((int) row), shape))
                .with(TEXT, new Column.Floats(pairs.text((int) row), shape));
    }
}
