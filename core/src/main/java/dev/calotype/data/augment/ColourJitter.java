package dev.calotype.data.augment;

import static dev.calotype.data.augment.RandomResizedCrop.between;

import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;

/**
 * Changes brightness, contrast, saturation and hue in a random order, as torchvision's {@code ColorJitter}: the first three are multiplied
 * by a factor in [max(0, 1 - x), 1 + x], the hue is turned by up to x of the circle.
 *
 * @param brightness at least 0
 * @param contrast at least 0
 * @param saturation at least 0; does nothing to grey pictures
 * @param hue 0..0.5; does nothing to grey pictures
 */
public record ColourJitter(double brightness, double contrast, double saturation, double hue) {
    /** Colours stay. */
    public static final ColourJitter NONE = new ColourJitter(0, 0, 0, 0);

    public ColourJitter {
        Rule.require(brightness >= 0 && brightness <= 10, "brightness must be in 0..10", brightness);
        Rule.require(contrast >= 0 && contrast <= 10, "contrast must be in 0..10", contrast);
        Rule.require(saturation >= 0 && saturation <= 10, "saturation must be in 0..10", saturation);
        Rule.require(hue >= 0 && hue <= 0.5, "hue must be in 0..0.5", hue);
    }

    /** The picture with other colours. */
    public Picture apply(Picture picture, Rng rng) {
        if (brightness == 0 && contrast == 0 && saturation == 0 && hue == 0) return picture;
        int[] order = {0, 1, 2, 3};
        for (int i = order.length - 1; i > 0; i--) {
            int j = rng.nextInt(i + 1), kept = order[i];
            order[i] = order[j];
            order[j] = kept;
        }
        double bright = factor(brightness, rng), contrasting = factor(contrast, rng);
        double saturated = factor(saturation, rng), turned = between(-hue, hue, rng);
        Picture changed = picture;
        for (int which : order)
            changed = switch (which) {
                case 0 -> brightness == 0 ? changed : Tones.brightness(changed, bright);
                case 1 -> contrast == 0 ? changed : Tones.contrast(changed, contrasting);
                case 2 -> saturation == 0 ? changed : Tones.saturation(changed, saturated);
                default -> hue == 0 ? changed : Tones.hue(changed, turned);
            };
        return changed;
    }

    private static double factor(double strength, Rng rng) {
        return between(Math.max(0, 1 - strength), 1 + strength, rng);
    }
}
