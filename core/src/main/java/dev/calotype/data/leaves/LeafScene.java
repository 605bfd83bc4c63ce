package dev.calotype.data.leaves;

import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;
import java.util.Set;

/**
 * Draws one picture at twice its size and shrinks it: leaves whose radii are distributed as r^-3, so that a picture looks the
 * same at every scale; before some of them lines or rows of strokes like writing; perhaps a sharp foreground before a blurred
 * ground; at last the light, and what a lens blurs.
 */
final class LeafScene {
    private static final int MOST = 4000; // leaves
    private static final double BARE = 0.003;

    private final int size, side;
    private final Set<Ingredient> ingredients;
    private final Rng rng;
    private final Canvas canvas;
    private final Colours colours;

    LeafScene(int size, Set<Ingredient> ingredients, Rng rng) {
        this.size = size;
        this.ingredients = ingredients;
        this.rng = rng;
        side = 2 * size;
        canvas = new Canvas(side);
        colours = new Colours(rng);
    }

    Picture draw() {
        double smallest = 2.5 * Math.pow(50, rng.nextDouble());
        if (rng.nextInt(4) == 0 && has(Ingredient.DEPTH)) {
            leaves(smallest, MOST);
            canvas.blur(1 + 5 * rng.nextDouble());
            canvas.lift();
            before();
            leaves(2 * smallest, 1 + rng.nextInt(12));
        } else {
            before();
            leaves(smallest, MOST);
        }
        if (rng.nextInt(2) == 0) {
            double sigma = 2 * rng.nextDouble() * rng.nextDouble();
            if (has(Ingredient.LENS)) canvas.blur(sigma);
        }
        return lit(canvas.halved());
    }

    private boolean has(Ingredient ingredient) {
        return ingredients.contains(ingredient);
    }

    private void before() {
        int which = rng.nextInt(12);
        if (which == 0 && has(Ingredient.WRITING)) writing();
        else if (which > 0 && which < 3 && has(Ingredient.LINES)) lines();
    }

    private void leaves(double smallest, int most) {
        double largest = Math.max(2 * smallest, side * (0.5 + 1.5 * rng.nextDouble()));
        double a = 1 / (smallest * smallest), b = 1 / (largest * largest);
        for (int i = 0; i < most && canvas.bare() > BARE; i++) {
            double radius = 1 / Math.sqrt(a + rng.nextDouble() * (b - a));
            double x = -radius + (side + 2 * radius) * rng.nextDouble();
            double y = -radius + (side + 2 * radius) * rng.nextDouble();
            Outline outline = has(Ingredient.SHAPES) ? Outline.any(x, y, radius, rng) : Outline.disc(x, y, radius, rng);
            canvas.lay(outline.x(), outline.y(), paint(x, y, radius));
        }
        if (most == MOST) canvas.ground(paint(side / 2.0, side / 2.0, side));
    }

    private Paint paint(double x, double y, double radius) {
        return new Paint(colours.next(rng), x, y, radius, new Paint.Style(colours.contrast(), ingredients), rng);
    }

    /** Some lines from anywhere to anywhere. */
    private void lines() {
        int count = 1 + rng.nextInt(12);
        for (int i = 0; i < count; i++)
            stroke(place(), place(), place(), place(), 1.2 + 8 * Math.pow(rng.nextDouble(), 3), colours.next(rng));
    }

    private double place() {
        return side * (1.4 * rng.nextDouble() - 0.2);
    }

    /** Rows of signs, each of a few strokes. */
    private void writing() {
        double height = 8 + 40 * rng.nextDouble() * rng.nextDouble(), width = height / 10 * (1 + rng.nextDouble());
        float[] ink = colours.next(rng);
        double slant = 0.2 * (rng.nextDouble() - 0.5);
        for (double y = height * rng.nextDouble(); y < side; y += 1.7 * height)
            for (double x = -height * rng.nextDouble(); x < side; x += 0.8 * height) {
                if (rng.nextInt(6) == 0) continue;
                for (int i = 2 + rng.nextInt(3); i > 0; i--) {
                    double fromX = x + 0.6 * height * rng.nextInt(3) / 2, toX = x + 0.6 * height * rng.nextInt(3) / 2;
                    double fromY = y + height * rng.nextInt(3) / 2, toY = y + height * rng.nextInt(3) / 2;
                    stroke(fromX + slant * fromY, fromY, toX + slant * toY, toY, width, ink);
                }
            }
    }

    private void stroke(double x0, double y0, double x1, double y1, double width, float[] colour) {
        double length = Math.max(1, Math.hypot(x1 - x0, y1 - y0));
        double acrossX = (y1 - y0) / length * width / 2, acrossY = -(x1 - x0) / length * width / 2;
        double[] x = {x0 + acrossX, x1 + acrossX, x1 - acrossX, x0 - acrossX};
        double[] y = {y0 + acrossY, y1 + acrossY, y1 - acrossY, y0 - acrossY};
        canvas.lay(x, y, new Paint(colour, x0, y0, width, new Paint.Style(0.2, ingredients), rng));
    }

    /** Lays light of slow change over all, and rounds to 8 bits. */
    private Picture lit(float[] values) {
        Grain light = Grain.any(rng);
        double depth = 0.25 * rng.nextDouble() * rng.nextDouble(), scale = 0.05 + 0.1 * rng.nextDouble();
        double left = Grain.SIDE * rng.nextDouble(), top = Grain.SIDE * rng.nextDouble();
        double step = scale / 4;
        double gamma = Math.pow(2, rng.nextDouble() - 0.5);
        if (!has(Ingredient.LIGHT)) {
            depth = 0;
            gamma = 1;
        }
        byte[] pixels = new byte[values.length];
        for (int y = 0; y < size; y++)
            for (int x = 0; x < size; x++) {
                double lamp = 1 + depth * light.at(left + step * x, top + step * y);
                for (int c = 0; c < 3; c++) {
                    int at = 3 * (y * size + x) + c;
                    double value = Math.max(0, Math.min(1, values[at] * lamp));
                    pixels[at] = (byte) (int) (255 * Math.pow(value, gamma) + 0.5);
                }
            }
        return new Picture(size, size, 3, pixels);
    }
}
