package dev.calotype.kind.prior;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.Chosen;
import dev.calotype.data.ImageDataset;
import dev.calotype.embedding.EmbeddedDataset;
import dev.calotype.embedding.EmbeddedPairs;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * What a prior learns from, with what it is tested on.
 *
 * @param all samples with their vectors, owned
 * @param learned the vectors of all, those that come up several times as often
 * @param base how the vectors lie that the base has learned from; empty where there is no base
 */
record PriorData(ImageDataset all, EmbeddedPairs learned, EmbeddedPairs tested, Optional<Vectors> base)
        implements Chosen {
    /** @param all an embedded data set, or two that are blended */
    static PriorData of(ImageDataset all, EmbeddedPairs tested) throws IOException {
        if (all instanceof EmbeddedDataset embedded)
            return new PriorData(all, embedded.pairs(), tested, Optional.empty());
        int length = tested.length(), count = Math.toIntExact(all.size());
        float[] pictures = new float[Math.multiplyExact(count, length)], texts = new float[pictures.length];
        for (int row = 0; row < count; row++) {
            Columns columns = all.read(row).columns();
            System.arraycopy(values(columns, Columns.EMBEDDING), 0, pictures, row * length, length);
            System.arraycopy(values(columns, EmbeddedDataset.TEXT), 0, texts, row * length, length);
        }
        long[] rows = LongStream.range(0, count).toArray();
        return new PriorData(
                all,
                new EmbeddedPairs(rows, pictures, texts, length, tested.encoder(), tested.scale()),
                tested,
                Optional.empty());
    }

    PriorData with(Vectors known) {
        return new PriorData(all, learned, tested, Optional.of(known));
    }

    /** How the vectors lie for a network that learns: as for its base, whose weights know no other coordinates, or as they are. */
    Vectors vectors() {
        return base.map(known -> known.with(learned.scale())).orElseGet(() -> Vectors.of(learned));
    }

    private static float[] values(Columns columns, String name) {
        return columns.get(name, Column.Floats.class).values();
    }

    @Override
    public long size() {
        return all.size();
    }

    @Override
    public long place(long index) {
        return index;
    }
}
