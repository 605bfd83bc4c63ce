package dev.calotype.data.moving;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.tensor.Rng;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Short clips drawn on the fly, square and RGB, in which something moves: a data set without files, whose classes cannot be told from one
 * frame, since a frame taken at random looks the same in all of them ({@link MovingScene}). Sample {@code i} of a split is fixed by
 * (seed, split, i).
 */
public final class Moving implements ImageDataset {
    /** The number of samples of a split. */
    public static final long COUNT = 1L << 40;

    private static final int SMALLEST = 16, LARGEST = 256;

    /** Two disjoint sources of clips. */
    public enum Split {
        TRAIN,
        TEST
    }

    private final Split split;
    private final int size;
    private final int frames;
    private final Rng root;

    /**
     * @param size width and height in pixels, 16..256
     * @param frames of a clip, 1..256; a single one is a picture of a random moment
     * @param seed another seed is another endless set of clips
     */
    public Moving(Split split, int size, int frames, long seed) {
        check(size, frames);
        this.split = split;
        this.size = size;
        this.frames = frames;
        root = Rng.of(seed).fork(split.ordinal());
    }

    static void check(int size, int frames) {
        if (size < SMALLEST || size > LARGEST)
            throw new IllegalArgumentException("size must be in " + SMALLEST + ".." + LARGEST + ": " + size);
        if (frames < 1 || frames > MovingScene.MOST_FRAMES)
            throw new IllegalArgumentException("frames must be in 1.." + MovingScene.MOST_FRAMES + ": " + frames);
    }

    /** What sample {@code index} shows. */
    public MovingScene scene(long index) {
        if (index < 0 || index >= COUNT)
            throw new IndexOutOfBoundsException("index must be in 0.." + (COUNT - 1) + ": " + index);
        return MovingScene.draw(root.fork(index));
    }

    @Override
    public String name() {
        return "moving:" + split.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public long size() {
        return COUNT;
    }

    @Override
    public Sample read(long index) {
        MovingScene scene = scene(index);
        return new Sample(
                name() + "/" + index,
                scene.frames(size, frames),
                new Columns(Map.of(
                        Columns.LABEL, new Column.Numbers(scene.motion().ordinal()),
                        Columns.CAPTION, new Column.Texts(List.of(scene.caption())),
                        Columns.ATTRIBUTES,
                                new Column.Facts(
                                        List.of(Map.of("motion", scene.motion().key()))))));
    }

    @Override
    public String caption(long index) {
        return scene(index).caption();
    }

    @Override
    public boolean isOfClips() {
        return true;
    }

    @Override
    public int label(long index) {
        return scene(index).motion().ordinal();
    }

    @Override
    public List<String> classes() {
        return Motion.keys();
    }

    @Override
    public String labelSource() {
        return "what moves";
    }
}
