package dev.calotype.data.leaves;

import dev.calotype.tensor.Rng;
import java.util.Set;

/** What a leaf is painted with: a colour, a shade across it, and perhaps grain or stripes. */
final class Paint {
    private static final double STRIPED = 0.12, PLAIN = 0.15;

    private final float[] colour; // 0..1
    private final float[] tint; // what a unit of texture adds
    private final double shadeX, shadeY, x0, y0;
    private final Grain grain; // null for none
    private final double xx, xy, yx, yy, offsetX, offsetY, depth;
    private final double waveX, waveY, waveDepth, hardness, bend;

    /**
     * What the leaves of a picture share.
     *
     * @param contrast 0..1
     */
    record Style(double contrast, Set<Ingredient> ingredients) {
        private boolean has(Ingredient ingredient) {
            return ingredients.contains(ingredient);
        }
    }

    /**
     * @param colour red, green and blue, 0..1
     * @param x where the leaf lies
     * @param radius of the leaf
     * @param style of the picture
     */
    Paint(float[] colour, double x, double y, double radius, Style style, Rng rng) {
        double contrast = style.contrast;
        this.colour = colour;
        x0 = x;
        y0 = y;
        double slope = contrast * 0.3 * square(rng.nextDouble()) / Math.max(radius, 4);
        if (!style.has(Ingredient.SHADES)) slope = 0;
        double turn = 2 * Math.PI * rng.nextDouble();
        shadeX = slope * Math.cos(turn);
        shadeY = slope * Math.sin(turn);
        tint = new float[3];
        double paleness = rng.nextDouble(); // texture is of the leaf's colour, or grey
        float brightest = Math.max(0.15f, Math.max(colour[0], Math.max(colour[1], colour[2])));
        for (int c = 0; c < 3; c++) tint[c] = (float) (paleness + (1 - paleness) * colour[c] / brightest);
        Grain any = rng.nextDouble() < PLAIN ? null : Grain.any(rng);
        grain = style.has(Ingredient.GRAIN) ? any : null;
        depth = contrast * 0.006 * Math.pow(40, rng.nextDouble());
        double scale = 0.12 * Math.pow(10, rng.nextDouble());
        double stretch = rng.nextInt(3) == 0 ? 1 + 7 * rng.nextDouble() : 1;
        double angle = 2 * Math.PI * rng.nextDouble();
        xx = scale * Math.cos(angle);
        xy = scale * Math.sin(angle);
        yx = -scale / stretch * Math.sin(angle);
        yy = scale / stretch * Math.cos(angle);
        offsetX = Grain.SIDE * rng.nextDouble();
        offsetY = Grain.SIDE * rng.nextDouble();
        boolean striped = rng.nextDouble() < STRIPED && style.has(Ingredient.STRIPES);
        waveDepth = striped ? contrast * 0.02 * Math.pow(20, rng.nextDouble()) : 0;
        double period = 5 * Math.pow(10, rng.nextDouble()), way = 2 * Math.PI * rng.nextDouble();
        waveX = 2 * Math.PI / period * Math.cos(way);
        waveY = 2 * Math.PI / period * Math.sin(way);
        hardness = 1 + 5 * square(rng.nextDouble());
        bend = rng.nextInt(2) * 2 * rng.nextDouble();
    }

    private static double square(double x) {
        return x * x;
    }

    /** Writes the colour at (x, y) as three values at {@code from}. */
    void paint(double x, double y, float[] to, int from) {
        double t = shadeX * (x - x0) + shadeY * (y - y0);
        double rough = 0;
        if (grain != null) {
            rough = grain.at(xx * x + xy * y + offsetX, yx * x + yy * y + offsetY);
            t += depth * rough;
        }
        if (waveDepth > 0) {
            double wave = hardness * Math.sin(waveX * x + waveY * y + bend * rough);
            t += waveDepth * Math.max(-1, Math.min(1, wave));
        }
        for (int c = 0; c < 3; c++) to[from + c] = (float) (colour[c] + t * tint[c]);
    }
}
