package dev.calotype.data.augment;

import dev.calotype.image.Picture;
import dev.calotype.tensor.Rng;

/**
 * RandAugment (Cubuk et al. 2019) as torchvision's {@code RandAugment} defines it: out of fourteen operations some are drawn, with
 * replacement, and all are applied with one magnitude; those that have a direction go either way. (timm's applies each with probability
 * 0.5 and has other ranges.)
 *
 * @param operations applied one after the other; 0 for none
 * @param magnitude 0..30
 */
public record RandAugment(int operations, int magnitude) {
    private static final int STRONGEST = 30;

    /** Nothing is applied. */
    public static final RandAugment NONE = new RandAugment(0, 9);

    public RandAugment {
        Rule.require(operations >= 0 && operations <= 14, "operations must be in 0..14", operations);
        Rule.require(magnitude >= 0 && magnitude <= STRONGEST, "magnitude must be in 0.." + STRONGEST, magnitude);
    }

    /** One operation, its strength growing with a magnitude. */
    public enum Operation {
        IDENTITY,
        SHEAR_X,
        SHEAR_Y,
        TRANSLATE_X,
        TRANSLATE_Y,
        ROTATE,
        BRIGHTNESS,
        COLOUR,
        CONTRAST,
        SHARPNESS,
        POSTERIZE,
        SOLARIZE,
        AUTO_CONTRAST,
        EQUALIZE;

        /**
         * The picture changed.
         *
         * @param strength 0..1, the magnitude over its largest
         * @param sign 1 or -1, for operations that have a direction
         */
        public Picture apply(Picture picture, double strength, int sign) {
            double tone = 1 + sign * 0.9 * strength;
            return switch (this) {
                case IDENTITY -> picture;
                case SHEAR_X -> Warps.sheared(picture, sign * 0.3 * strength, 0);
                case SHEAR_Y -> Warps.sheared(picture, 0, sign * 0.3 * strength);
                case TRANSLATE_X -> Warps.moved(picture, sign * (int) (150.0 / 331 * picture.width() * strength), 0);
                case TRANSLATE_Y -> Warps.moved(picture, 0, sign * (int) (150.0 / 331 * picture.height() * strength));
                case ROTATE -> Warps.rotated(picture, sign * 30 * strength);
                case BRIGHTNESS -> Tones.brightness(picture, tone);
                case COLOUR -> Tones.saturation(picture, tone);
                case CONTRAST -> Tones.contrast(picture, tone);
                case SHARPNESS -> Tones.sharpness(picture, tone);
                case POSTERIZE -> Tones.posterized(picture, 8 - (int) Math.rint(4 * strength));
                case SOLARIZE -> Tones.solarized(picture, 255 * (1 - strength));
                case AUTO_CONTRAST -> Tones.autoContrast(picture);
                case EQUALIZE -> Tones.equalized(picture);
            };
        }
    }

    /** The picture after all operations. */
    public Picture apply(Picture picture, Rng rng) {
        Picture changed = picture;
        for (int i = 0; i < operations; i++) {
            Operation operation = Operation.values()[rng.nextInt(Operation.values().length)];
            int sign = rng.nextLong() < 0 ? -1 : 1;
            changed = operation.apply(changed, (double) magnitude / STRONGEST, sign);
        }
        return changed;
    }
}
