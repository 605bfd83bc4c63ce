package dev.calotype.embedding;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.Chosen;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.embedding.EmbeddedDataset.Content;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Those samples of a data set whose latents are known, with these as the column {@link Columns#LATENT} and the classes that the data set tells; those of an {@link
 * EmbeddedDataset} with its vectors too. No picture is read.
 *
 * @param all the data set, owned
 */
public record LatentDataset(ImageDataset all, Latents latents) implements Chosen {
    @Override
    public long size() {
        return latents.count();
    }

    @Override
    public long place(long row) {
        return latents.indices()[(int) Objects.checkIndex(row, size())];
    }

    @Override
    public Sample read(long row) throws IOException {
        Sample known = all instanceof EmbeddedDataset embedded
                ? new EmbeddedDataset(embedded.all(), embedded.pairs(), Content.VECTORS).read(place(row))
                : new Sample(name() + "/" + place(row), List.of(), new Columns(Map.of()));
        return known.with(Columns.LABEL, new Column.Numbers(label(row)))
                .with(Columns.LATENT, new Column.Floats(latents.row((int) row), latents.shape()));
    }
}
