package dev.calotype.data.moving;

import dev.calotype.data.moving.Looks.Place;
import dev.calotype.data.moving.Looks.Wave;
import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;

/** Draws the frames of one clip, pixel by pixel: the world goes on at its other side where it ends. */
final class Renderer {
    private static final float[] DARK = {40, 34, 30},
            OFF = {78, 74, 70},
            LIT = {255, 244, 190},
            FRAME = {235, 232, 225};
    private static final double GLOW = 0.22; // how far the lamp shines
    private static final int NOISE = 4;

    private final Looks looks;
    private final int size;
    private final float[] rgb = new float[3];

    Renderer(Looks looks, int size) {
        this.looks = looks;
        this.size = size;
    }

    /** @param rng of the sensor's noise */
    Picture frame(State state, Rng rng) {
        float[] pattern = pattern(state);
        byte[] pixels = new byte[size * size * 3];
        for (int y = 0, at = 0; y < size; y++)
            for (int x = 0; x < size; x++) {
                paint(
                        (x + 0.5) / size + state.cameraX(),
                        (y + 0.5) / size + state.cameraY(),
                        pattern[y * size + x],
                        state);
                long noise = rng.nextLong();
                for (int c = 0; c < 3; c++) {
                    int off = (int) (noise >>> 16 * c & 0xFFFF) % (2 * NOISE + 1) - NOISE;
                    pixels[at++] = (byte) Math.max(0, Math.min(255, Math.round(rgb[c] * looks.light + off)));
                }
            }
        return new Picture(size, size, 3, pixels);
    }

    /** The colour of a point of the world into {@code rgb}. */
    private void paint(double x, double y, float pattern, State state) {
        for (int c = 0; c < 3; c++) rgb[c] = looks.wall[c] + pattern;
        for (int i = 0; i < looks.pictures.length; i++) {
            over(FRAME, cover(x, y, looks.pictures[i], 0.012));
            over(looks.paints[i], cover(x, y, looks.pictures[i], 0));
        }
        door(x, y, state);
        over(state.lit() ? LIT : OFF, cover(x, y, looks.lamp, 0));
        if (state.lit()) shine(distance(x, looks.lamp.x(), y, looks.lamp.y()));
        over(looks.ball, edge(looks.radius - distance(x, state.ballX(), y, state.ballY())));
    }

    /** The box is seen as far as it is out of the door. */
    private void door(double x, double y, State state) {
        Place door = looks.door;
        over(DARK, cover(x, y, door, 0));
        double half = door.halfWidth() * 0.9;
        double post = door.x() + looks.side * door.halfWidth();
        double middle = post + looks.side * (2 * state.out() - 1) * half;
        double beyond = looks.side * wrapped(x - post);
        double inside = cover(x, y, new Place(middle, door.y() + 0.03, half, door.halfHeight() - 0.03), 0);
        over(looks.box, Math.min(inside, edge(beyond)));
    }

    private void shine(double distance) {
        double near = Math.max(0, 1 - distance / (2 * GLOW));
        for (int c = 0; c < 3; c++) rgb[c] += (float) ((c == 2 ? 35 : 60) * near * near);
    }

    private void over(float[] colour, double share) {
        if (share <= 0) return;
        for (int c = 0; c < 3; c++) rgb[c] += (float) (share * (colour[c] - rgb[c]));
    }

    /** The share of the pixel at (x, y) that a rectangle covers, with a rim around it. */
    private double cover(double x, double y, Place place, double rim) {
        double across = place.halfWidth() + rim - Math.abs(wrapped(x - place.x()));
        double along = place.halfHeight() + rim - Math.abs(wrapped(y - place.y()));
        return Math.min(edge(across), edge(along));
    }

    /** How much of a pixel lies inside of an edge that is so far away. */
    private double edge(double inside) {
        return State.clamped(inside * size + 0.5);
    }

    private static double distance(double x, double x0, double y, double y0) {
        double across = wrapped(x - x0), along = wrapped(y - y0);
        return Math.sqrt(across * across + along * along);
    }

    /** The shortest way, in [-0.5, 0.5). */
    private static double wrapped(double way) {
        return State.wrapped(way + 0.5) - 0.5;
    }

    /** The waves of the wall, a value for each pixel. */
    private float[] pattern(State state) {
        float[] sum = new float[size * size];
        double[] sine = new double[size], cosine = new double[size];
        for (Wave wave : looks.waves) {
            for (int x = 0; x < size; x++) {
                double angle = 2 * StrictMath.PI * wave.across() * ((x + 0.5) / size + state.cameraX());
                sine[x] = StrictMath.sin(angle);
                cosine[x] = StrictMath.cos(angle);
            }
            for (int y = 0; y < size; y++) {
                double angle = 2 * StrictMath.PI * wave.along() * ((y + 0.5) / size + state.cameraY()) + wave.phase();
                double s = wave.height() * StrictMath.sin(angle), c = wave.height() * StrictMath.cos(angle);
                for (int x = 0; x < size; x++) sum[y * size + x] += (float) (sine[x] * c + cosine[x] * s);
            }
        }
        return sum;
    }
}
