package dev.calotype.data;

import dev.calotype.column.Columns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How often one video is looked at when it is tested, the scores being averaged (multi-view testing, Arnab et al. 2021, section 4.1).
 *
 * @param clips spread over its time, 1..100
 * @param crops of each: 1, the central one, or more, spread over the longer side, at most 9
 */
public record Views(int clips, int crops) {
    /** The central clip and crop. */
    public static final Views ONE = new Views(1, 1);

    public Views {
        if (clips < 1 || clips > 100) throw new IllegalArgumentException("clips must be in 1..100: " + clips);
        if (crops < 1 || crops > 9) throw new IllegalArgumentException("crops must be in 1..9: " + crops);
    }

    /**
     * All views of one sample, (clips * crops) of them, clip by clip; those of a sample that is one clip are fewer.
     *
     * @throws IOException if it cannot be read
     */
    public Batch of(ImageDataset data, long index, Preparation preparation) throws IOException {
        List<Columns> rows = new ArrayList<>();
        for (Sample clip : data.views(index, clips)) rows.addAll(preparation.views(clip, crops));
        return new Batch(Columns.join(rows));
    }
}
