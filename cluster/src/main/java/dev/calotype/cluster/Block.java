package dev.calotype.cluster;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Images that one task draws.
 *
 * @param number of the block, from 0
 * @param first its first image
 * @param count how many
 */
record Block(int number, long first, int count) implements Serializable {
    /** As many at once as where one machine judges, so that they are drawn in the same batches. */
    static final int BATCH = 50;

    /** All images in blocks of {@code size}, the last one of what is left. */
    static List<Block> of(long count, int size) {
        List<Block> blocks = new ArrayList<>();
        for (long first = 0; first < count; first += size)
            blocks.add(new Block(blocks.size(), first, (int) Math.min(size, count - first)));
        return blocks;
    }

    /** Told of the images {@code first} to {@code first + count - 1}. */
    interface Part {
        void of(long first, int count);
    }

    /** Visits its batches. */
    void batches(Part part) {
        for (int done = 0; done < count; done += BATCH) part.of(first + done, Math.min(BATCH, count - done));
    }
}
