package dev.calotype.data.rooms;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;
import java.util.List;
import java.util.Locale;

/**
 * Bedrooms drawn on the fly, square and RGB: a data set without files whose truth is known. Sample {@code i} of a
 * split is fixed by (seed, split, i), whatever the size, thread or order of reading; the label is the colour of the
 * blanket, the caption and the attributes tell everything.
 */
public final class Rooms implements ImageDataset {
    /** The number of samples of a split; a power of four, so that a Feistel permutation of the indices needs no walk. */
    public static final long COUNT = 1L << 40;

    private static final int SMALLEST = 32;
    private static final int LARGEST = 256;

    /** Disjoint sources of rooms. */
    public enum Split {
        /** Rooms to learn from. */
        TRAIN,
        /** Rooms to judge by, of the same law. */
        TEST,
        /** Rooms to learn from without the combinations that every {@link RoomQuestion} withholds. */
        SEEN,
        /** Rooms with a withheld combination of every {@link RoomQuestion}. */
        UNSEEN
    }

    private final Split split;
    private final int size;
    private final Rng root;

    /**
     * @param size width and height in pixels, 32 to 256
     * @param seed another seed is another endless set of rooms
     */
    public Rooms(Split split, int size, long seed) {
        this(split, checked(size), Rng.of(seed).fork(split.ordinal()));
    }

    private Rooms(Split split, int size, Rng root) {
        this.split = split;
        this.size = size;
        this.root = root;
    }

    /** The rooms to learn from, seed 0. */
    public static Rooms train(int size) {
        return new Rooms(Split.TRAIN, size, 0);
    }

    /** The rooms to judge by, seed 0. */
    public static Rooms test(int size) {
        return new Rooms(Split.TEST, size, 0);
    }

    /** The rooms to learn from if combinations are to be new, seed 0. */
    public static Rooms seen(int size) {
        return new Rooms(Split.SEEN, size, 0);
    }

    /** The rooms of new combinations, seed 0. */
    public static Rooms unseen(int size) {
        return new Rooms(Split.UNSEEN, size, 0);
    }

    /** The same rooms in another size, width and height in pixels, 32 to 256. */
    public Rooms at(int size) {
        return new Rooms(split, checked(size), root);
    }

    /** What sample {@code index} shows. */
    public RoomScene scene(long index) {
        if (index < 0 || index >= COUNT)
            throw new IndexOutOfBoundsException("index must be in 0.." + (COUNT - 1) + ": " + index);
        Rng rng = root.fork(index);
        return switch (split) {
            case TRAIN, TEST -> RoomScene.draw(rng);
            case SEEN -> RoomQuestion.seen(rng);
            case UNSEEN -> RoomQuestion.unseen(rng);
        };
    }

    /**
     * Draws a scene, which may be one that no split contains.
     *
     * @param size width and height in pixels, 32 to 256
     */
    public static Picture render(RoomScene scene, int size) {
        return new Renderer(scene, checked(size)).render();
    }

    private static int checked(int size) {
        if (size < SMALLEST || size > LARGEST)
            throw new IllegalArgumentException("size must be in " + SMALLEST + ".." + LARGEST + ": " + size);
        return size;
    }

    @Override
    public String name() {
        return "rooms:" + split.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public long size() {
        return COUNT;
    }

    @Override
    public Sample read(long index) {
        RoomScene scene = scene(index);
        return new Sample(
                name() + "/" + index,
                render(scene, size),
                scene.index(RoomAttribute.BLANKET),
                RoomCaption.of(scene),
                scene.named());
    }

    @Override
    public String caption(long index) {
        return RoomCaption.of(scene(index));
    }

    @Override
    public int label(long index) {
        return scene(index).index(RoomAttribute.BLANKET);
    }

    @Override
    public List<String> classes() {
        return RoomAttribute.BLANKET.choices();
    }
}
