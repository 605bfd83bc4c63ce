package dev.calotype.kind.prior;

import dev.calotype.data.Chosen;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.embedding.EmbeddedDataset;
import dev.calotype.embedding.EmbeddedPairs;
import java.io.IOException;

/**
 * What a prior learns from, with what it is tested on.
 *
 * @param learned the vectors that are learned from, owned
 */
record PriorData(EmbeddedDataset learned, EmbeddedPairs tested) implements Chosen {
    @Override
    public ImageDataset all() {
        return learned.all();
    }

    @Override
    public long size() {
        return learned.size();
    }

    @Override
    public long place(long index) {
        return learned.place(index);
    }

    @Override
    public Sample read(long index) throws IOException {
        return learned.read(index);
    }
}
