package dev.calotype.data.leaves;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.data.rooms.RoomScene;
import dev.calotype.data.rooms.Rooms;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Patches of pictures of dead leaves, square and RGB: a data set without files for networks that restore. One in
 * {@value #ROOMS} is a room. Sample {@code i} of a split is fixed by (seed, split, i), whatever the thread or order of
 * reading.
 */
public final class Leaves implements ImageDataset {
    /** The number of samples of a split. */
    public static final long COUNT = 1L << 40;

    private static final String WITHOUT = ":without:";
    private static final int SMALLEST = 16, LARGEST = 512;
    private static final int ROOMS = 25;

    /** Two disjoint sources of pictures. */
    public enum Split {
        TRAIN,
        TEST
    }

    private final Split split;
    private final int size;
    private final Set<Ingredient> without;
    private final Rng root;

    /**
     * @param size width and height in pixels, 16..512
     * @param seed another seed is another endless set of pictures
     */
    public Leaves(Split split, int size, long seed) {
        this(split, size, seed, Set.of());
    }

    /**
     * Pictures that lack something.
     *
     * @param without what none of them has
     */
    public Leaves(Split split, int size, long seed, Set<Ingredient> without) {
        if (size < SMALLEST || size > LARGEST)
            throw new IllegalArgumentException("size must be in " + SMALLEST + ".." + LARGEST + ": " + size);
        this.split = split;
        this.size = size;
        this.without = Set.copyOf(without);
        root = Rng.of(seed).fork(split.ordinal());
    }

    /**
     * Opens {@code leaves}, {@code leaves:train} or {@code leaves:test}, or one of the latter two with {@code :without:} and
     * ingredients joined by {@code +}.
     *
     * @throws IOException if it is none of these; one sentence
     */
    public static Leaves named(String name, int size) throws IOException {
        String[] parts = name.split(":", -1);
        Split split = parts.length == 1 || parts[1].equals("train") ? Split.TRAIN : Split.TEST;
        boolean lacks = parts.length == 4 && parts[2].equals("without");
        boolean known = parts.length == 1 || List.of("train", "test").contains(parts[1]);
        if (!parts[0].equals("leaves") || !known || parts.length > 2 && !lacks)
            throw new IOException("leaves has the splits leaves:train and leaves:test, each perhaps with :without:"
                    + " and what is left out: " + name);
        return new Leaves(split, size, 0, lacks ? Ingredient.all(parts[3]) : Set.of());
    }

    @Override
    public String name() {
        String name = "leaves:" + split.name().toLowerCase(Locale.ROOT);
        return without.isEmpty() ? name : name + WITHOUT + Ingredient.names(without);
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
        Set<Ingredient> ingredients = EnumSet.allOf(Ingredient.class);
        ingredients.removeAll(without);
        boolean room = rng.nextInt(ROOMS) == 0 && size >= 32 && size <= 256 && ingredients.contains(Ingredient.ROOMS);
        return room ? Rooms.render(RoomScene.draw(rng), size) : new LeafScene(size, ingredients, rng).draw();
    }
}
