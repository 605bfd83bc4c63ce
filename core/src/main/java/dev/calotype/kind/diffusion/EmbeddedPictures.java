package dev.calotype.kind.diffusion;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.data.store.PassedOver;
import dev.calotype.embedding.Embeddings;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/**
 * The first pictures of a data set, each with its vector as the column {@code embedding}.
 *
 * @param all the data set, owned
 * @param vectors row i is that of picture i
 */
record EmbeddedPictures(ImageDataset all, Embeddings vectors) implements ImageDataset {
    /** The hash of the encoder. */
    String encoder() {
        return vectors.encoder();
    }

    /** Values of a vector. */
    int length() {
        return vectors.length();
    }

    @Override
    public String name() {
        return all.name();
    }

    @Override
    public long size() {
        return vectors.names().size();
    }

    @Override
    public Sample read(long index) throws IOException {
        int from = (int) Objects.checkIndex(index, size()) * vectors.length();
        float[] row = Arrays.copyOfRange(vectors.values(), from, from + vectors.length());
        return all.read(index).with(Columns.EMBEDDING, new Column.Floats(row, List.of(row.length)));
    }

    @Override
    public String sampleName(long index) throws IOException {
        return all.sampleName(index);
    }

    @Override
    public String caption(long index) throws IOException {
        return all.caption(index);
    }

    @Override
    public List<String> classes() {
        return all.classes();
    }

    @Override
    public String labelSource() {
        return all.labelSource();
    }

    @Override
    public List<PassedOver> passedOver() {
        return all.passedOver();
    }

    @Override
    public void close() throws IOException {
        all.close();
    }
}
