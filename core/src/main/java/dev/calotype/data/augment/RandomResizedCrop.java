package dev.calotype.data.augment;

import dev.calotype.tensor.Rng;

/**
 * A random part of a picture, of a random share of its area and a random aspect ratio in 3/4..4/3, as Inception was trained (Szegedy et
 * al. 2014) and as torchvision's {@code RandomResizedCrop} draws it: ten attempts, then the central part.
 *
 * @param smallest share of the area, above 0
 * @param largest share, at most 1
 */
public record RandomResizedCrop(double smallest, double largest) {
    private static final double NARROWEST = 3.0 / 4, WIDEST = 4.0 / 3;
    private static final int ATTEMPTS = 10;

    public RandomResizedCrop {
        Rule.require(
                smallest > 0 && smallest <= largest && largest <= 1,
                "the shares of a crop must be above 0 and at most 1",
                smallest + " to " + largest);
    }

    /** A part of a picture. */
    public record Part(int left, int top, int width, int height) {}

    /** The part to keep of a picture of this size. */
    public Part part(int width, int height, Rng rng) {
        double area = (double) width * height;
        for (int i = 0; i < ATTEMPTS; i++) {
            double target = area * between(smallest, largest, rng);
            double ratio = Math.exp(between(Math.log(NARROWEST), Math.log(WIDEST), rng));
            int w = (int) Math.rint(Math.sqrt(target * ratio)), h = (int) Math.rint(Math.sqrt(target / ratio));
            if (w < 1 || h < 1 || w > width || h > height) continue;
            return new Part(rng.nextInt(width - w + 1), rng.nextInt(height - h + 1), w, h);
        }
        double ratio = (double) width / height;
        int w = ratio > WIDEST ? (int) Math.rint(height * WIDEST) : width;
        int h = ratio < NARROWEST ? (int) Math.rint(width / NARROWEST) : height;
        return new Part((width - w) / 2, (height - h) / 2, w, h);
    }

    static double between(double low, double high, Rng rng) {
        return low + (high - low) * rng.nextDouble();
    }
}
