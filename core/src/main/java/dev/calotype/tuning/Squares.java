package dev.calotype.tuning;

import dev.calotype.data.Chosen;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.Preparation.Flip;
import dev.calotype.data.Sample;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.util.List;

/**
 * Pictures as squares of as many pixels as what is drawn has, so that who looks sees no difference in that.
 *
 * @param all owned
 */
record Squares(ImageDataset all, int side) implements Chosen {
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
        Preparation square = new Preparation(side, 3, Flip.NONE);
        return new Sample(sample.name(), List.of(square.apply(sample.pictures().get(0), Rng.of(0))), sample.columns());
    }
}
