package dev.calotype.data.leaves;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.data.rooms.RoomScene;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;
import java.util.Locale;

/**
 * Patches of pictures of dead leaves, square and RGB: a data set without files for networks that restore. One in
 * {@value #ROOMS} is a room. Sample {@code i} of a split is fixed by (seed, split, i), whatever the thread or order of
 * reading.
 */
public final class Leaves implements ImageDataset {
    /** The number of samples of a split. */
    public static final long COUNT = 1L << 40;

    private static final int SMALLEST = 16, LARGEST = 512;
    private static final int ROOMS = 25;

    /** Two disjoint sources of pictures. */
    public enum Split {
        TRAIN,
        TEST
    }

    private final Split split;
    private final int size;
    private final Rng root;

    /**
     * @param size width and height in pixels, 16..512
     * @param seed another seed is another endless set of pictures
     */
    public Leaves(Split split, int size, long seed) {
        if (size < SMALLEST || size > LARGEST)
            throw new IllegalArgumentException("size must be in " + SMALLEST + ".." + LARGEST + ": " + size);
        this.split = split;
        this.size = size;
        root = Rng.of(seed).fork(split.ordinal());
    }

    @Override
    public String name() {
        return "leaves:" + split.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public long size() {
        return COUNT;
    }

    @Override
    public Sample read(long index) {
        if (index < 0 || index >= COUNT)
            throw new IndexOutOfBoundsException("index must be in 0.." + (COUNT - 1) + ": " + index);
        Rng rng = root.fork(index);
        return Sample.of(name() + "/" + index, draw(rng));
    }

    private Picture draw(Rng rng) {
        boolean room = rng.nextInt(ROOMS) == 0 && size >= 32 && size <= 256;
        return room ? Rooms.render(RoomScene.draw(rng), size) : new LeafScene(size, rng).draw();
    }
}
