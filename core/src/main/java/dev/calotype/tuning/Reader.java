package dev.calotype.tuning;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Selected;
import dev.calotype.embedding.EncodedData;
import dev.calotype.embedding.Encoder;
import dev.calotype.experiment.DataSets;
import dev.calotype.io.Progress;
import java.io.IOException;

/**
 * Encodes real pictures, as squares of as many pixels as what is drawn has.
 *
 * @param encoder borrowed
 */
record Reader(Encoder encoder, int side, Progress progress) {
    private static final int SMALLEST = 32, LARGEST = 256; // that built-in ones are drawn with

    private ImageDataset open(String source) throws IOException {
        return DataSets.open(source, Math.max(SMALLEST, Math.min(LARGEST, side)), 3);
    }

    /** So many pictures at most, spread evenly over a data set. */
    EncodedData all(String source, int most) throws IOException {
        try (ImageDataset data = open(source)) {
            return encoded(data, most);
        }
    }

    /**
     * Such as have a caption.
     *
     * @throws IOException if none has
     */
    EncodedData captioned(String source, int most) throws IOException {
        try (ImageDataset data = open(source)) {
            if (data.size() > Integer.MAX_VALUE) return encoded(data, most); // drawn, each with its caption
            return encoded(
                    Selected.where(
                            data,
                            place -> !data.caption(place).isBlank(),
                            "caption",
                            " has no captions to draw pictures of"),
                    most);
        }
    }

    private EncodedData encoded(ImageDataset data, int most) throws IOException {
        return EncodedData.of(encoder, new Squares(Selected.spread(data, most), side), most, sample -> true, progress);
    }
}
