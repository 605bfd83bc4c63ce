package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.image.Picture;
import dev.calotype.settings.Check;

/**
 * The sides of what a pipeline draws, in pixels.
 *
 * @param width where nobody says otherwise
 * @param height the same
 * @param unit of which all sides are multiples
 */
public record Sides(int width, int height, int unit) {
    private static final long MOST_AREAS = 4; // of the usual size, where nobody says otherwise
    private static final int MOST = 16_384;

    /** Width and height where nobody says otherwise. */
    public int[] usual() {
        return new int[] {width, height};
    }

    /** Those of a given picture, or smaller ones in the same proportion where it is very large. */
    public int[] of(Picture given) {
        return Canvas.within(given.width(), given.height(), MOST_AREAS * width * height);
    }

    /** Throws IllegalArgumentException that names the nearest sides if these cannot be drawn. */
    public void require(int width, int height) {
        side("width", width);
        side("height", height);
    }

    private void side(String name, int side) {
        int below = side / unit * unit, above = below + unit;
        Check.that(
                side > 0 && side % unit == 0 && side <= MOST,
                name + " must be a multiple of " + unit + " up to " + MOST + ", and the nearest are "
                        + (below > 0 ? below + " and " + above : "" + above),
                side);
    }
}
