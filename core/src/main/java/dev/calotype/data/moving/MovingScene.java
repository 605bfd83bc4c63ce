package dev.calotype.data.moving;

import dev.calotype.data.moving.Motion.Mover;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;
import java.util.ArrayList;
import java.util.List;

/**
 * All there is to know of a clip: what happens in it, and the one number that fixes all else. Of the things that can move one does; every
 * other stands as it would at a random moment of its own motion. So a frame taken from the clip at random looks the same whatever happens.
 *
 * @param motion what happens
 * @param nuisance seed of places, colours, speeds and noise
 */
public record MovingScene(Motion motion, long nuisance) {
    /** The most frames of a clip. */
    public static final int MOST_FRAMES = 256;

    private static final int MOMENTS = 16; // of which a single frame is one
    private static final long STATES = 1, LOOKS = 2, SINGLE = 3, NOISE = 4;

    /** A random clip: what happens is uniform over all motions. */
    public static MovingScene draw(Rng rng) {
        return new MovingScene(Motion.values()[rng.nextInt(Motion.values().length)], rng.nextLong());
    }

    /** The same clip played backwards, to the bit. */
    public MovingScene reversed() {
        return new MovingScene(motion.reversed(), nuisance);
    }

    /**
     * Draws it.
     *
     * @param size width and height in pixels, 16..256
     * @param count frames, 1..256, at equal distances from the beginning to the end; a single one is of a random moment
     */
    public List<Picture> frames(int size, int count) {
        Moving.check(size, count);
        Renderer renderer = new Renderer(new Looks(source().fork(LOOKS)), size);
        List<Picture> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) frames.add(renderer.frame(state(i, count), noise(i, count)));
        return frames;
    }

    /** The caption of the clip. */
    public String caption() {
        return motion.sentence();
    }

    /** How everything stands in frame {@code i} of {@code count}. */
    State state(int i, int count) {
        int moments = count == 1 ? MOMENTS : count;
        double now = count == 1
                ? middled(source().fork(SINGLE).nextInt(MOMENTS), MOMENTS)
                : motion.direction() * middled(i, count);
        double[] then = new double[Mover.values().length];
        Rng states = source().fork(STATES);
        for (Mover mover : Mover.values()) {
            double still = middled(states.nextInt(moments), moments);
            then[mover.ordinal()] = mover == motion.mover() ? now : still;
        }
        return State.of(then, states.fork(0));
    }

    /** Of the sensor; the frames of a clip played backwards have the same in reverse. */
    private Rng noise(int i, int count) {
        return source().fork(NOISE).fork(motion.direction() > 0 ? i : count - 1 - i);
    }

    /** Moment {@code i} of {@code count}, in (-0.5, 0.5); those of i and count - 1 - i are each other's negatives to the bit. */
    private static double middled(int i, int count) {
        return (2.0 * i + 1 - count) / (2.0 * count);
    }

    private Rng source() {
        return Rng.of(nuisance);
    }
}
