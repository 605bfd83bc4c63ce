package dev.calotype.data.augment;

import static dev.calotype.data.augment.RandomResizedCrop.between;

import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;

/**
 * Makes a random rectangle grey (Zhong et al. 2017): 2 to 33 % of the area, sides in a ratio of 0.3 to 3.3, drawn as torchvision's
 * {@code RandomErasing} does. Grey is 0 in [-1, 1].
 *
 * @param probability of a picture being erased at all, 0..1
 */
public record RandomErasing(double probability) {
    private static final double SMALLEST = 0.02, LARGEST = 0.33, NARROWEST = 0.3, WIDEST = 3.3;
    private static final int ATTEMPTS = 10;
    private static final byte GREY = (byte) 128;

    public RandomErasing {
        Rule.require(probability >= 0 && probability <= 1, "erasing must be in 0..1", probability);
    }

    /** The picture, or one with a grey rectangle. */
    public Picture apply(Picture picture, Rng rng) {
        if (rng.nextDouble() >= probability) return picture;
        int width = picture.width(), height = picture.height();
        for (int i = 0; i < ATTEMPTS; i++) {
            double target = (double) width * height * between(SMALLEST, LARGEST, rng);
            double ratio = Math.exp(between(Math.log(NARROWEST), Math.log(WIDEST), rng));
            int h = (int) Math.rint(Math.sqrt(target * ratio)), w = (int) Math.rint(Math.sqrt(target / ratio));
            if (w < 1 || h < 1 || w >= width || h >= height) continue;
            return erased(picture, rng.nextInt(width - w + 1), rng.nextInt(height - h + 1), w, h);
        }
        return picture;
    }

    private static Picture erased(Picture picture, int left, int top, int width, int height) {
        int channels = picture.channels();
        byte[] pixels = picture.pixels().clone();
        for (int y = top; y < top + height; y++) {
            int from = (y * picture.width() + left) * channels;
            java.util.Arrays.fill(pixels, from, from + width * channels, GREY);
        }
        return new Picture(picture.width(), picture.height(), channels, pixels);
    }
}
