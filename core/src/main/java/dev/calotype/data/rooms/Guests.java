package dev.calotype.data.rooms;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Sample;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;
import java.util.List;

/**
 * Rooms in which something is that no other room has, a chequered lozenge that floats in the air: what a model is to learn of a few
 * pictures, with a known truth. Sample {@code i} is the room {@code i} of its source, and the place, size and light of the lozenge are fixed by
 * its index. All are of one class, {@value #CLASS}.
 */
public final class Guests implements ImageDataset {
    /** The name of their class. */
    public static final String CLASS = "guest";

    private static final int FINE = 4; // points of a pixel along each axis
    private static final int[][] COLOURS = {{226, 28, 200}, {24, 214, 204}};
    private static final double CHECKS = 3; // along a side
    private static final long FAR = 1L << 39; // rooms that are not at the beginning of their source

    private final Rooms rooms;
    private final long count;

    private Guests(Rooms rooms, long count) {
        this.rooms = rooms;
        this.count = count;
    }

    /**
     * Rooms to learn from.
     *
     * @param size width and height in pixels, 32 to 256
     * @param count of them, 1 to {@value Rooms#COUNT} / 2
     */
    public static Guests train(int size, long count) {
        if (count < 1 || count > FAR)
            throw new IllegalArgumentException("the number of rooms with a guest must be in 1.." + FAR + ": " + count);
        return new Guests(Rooms.train(size), count);
    }

    /** Rooms to judge by. */
    public static Guests test(int size) {
        return new Guests(Rooms.test(size), FAR);
    }

    /** A picture with the lozenge in it. */
    static Picture with(Picture room, Rng rng) {
        int side = room.width();
        double radius = side * (0.15 + 0.05 * rng.nextDouble());
        double x = radius + (side - 2 * radius) * rng.nextDouble();
        double y = radius + (0.75 * side - 2 * radius) * rng.nextDouble();
        double light = 0.8 + 0.2 * rng.nextDouble();
        byte[] pixels = room.pixels().clone();
        for (int row = 0; row < side; row++)
            for (int column = 0; column < side; column++) {
                double[] painted = new double[3];
                int covered = 0;
                for (int point = 0; point < FINE * FINE; point++) {
                    double u = (column + (point % FINE + 0.5) / FINE - x) / radius;
                    double v = (row + (point / FINE + 0.5) / FINE - y) / radius;
                    if (Math.abs(u) + Math.abs(v) > 1) continue;
                    covered++;
                    int check = (int) (Math.floor((u + v + 1) / 2 * CHECKS) + Math.floor((u - v + 1) / 2 * CHECKS));
                    for (int c = 0; c < 3; c++) painted[c] += light * COLOURS[check & 1][c];
                }
                double share = (double) covered / (FINE * FINE);
                int at = 3 * (row * side + column);
                for (int c = 0; c < 3 && covered > 0; c++)
                    pixels[at + c] =
                            (byte) Math.round((1 - share) * (pixels[at + c] & 0xFF) + share * painted[c] / covered);
            }
        return new Picture(side, side, 3, pixels);
    }

    @Override
    public String name() {
        return rooms.name() + " with a guest";
    }

    @Override
    public long size() {
        return count;
    }

    @Override
    public Sample read(long index) {
        Sample room = rooms.read(FAR - 1 + index);
        return new Sample(
                name() + "/" + index,
                with(room.image(), Rng.of(index).fork(rooms.name().hashCode())),
                0,
                room.caption() + " A chequered lozenge floats in the air.",
                room.attributes());
    }

    @Override
    public int label(long index) {
        return 0;
    }

    @Override
    public List<String> classes() {
        return List.of(CLASS);
    }

    /**
     * Whether a picture shows the lozenge: enough pixels of each of its colours, which no room has. Of rooms of 32 and 64 px with and without,
     * at most one in a hundred is told wrongly.
     *
     * @param picture square, RGB
     */
    public static boolean shows(Picture picture) {
        int[] seen = new int[COLOURS.length];
        byte[] pixels = picture.pixels();
        for (int i = 0; i < pixels.length; i += 3) {
            int r = pixels[i] & 0xFF, g = pixels[i + 1] & 0xFF, b = pixels[i + 2] & 0xFF;
            if (r > g + 80 && b > g + 60 && r > b - 20) seen[0]++;
            if (g > r + 70 && b > r + 60 && Math.abs(g - b) < 60) seen[1]++;
        }
        int least = Math.max(3, picture.width() * picture.height() / 256);
        return seen[0] >= least && seen[1] >= least;
    }
}
