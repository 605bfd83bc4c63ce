package dev.calotype.data.augment;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.Resize;
import dev.calotype.tensor.Rng;

/**
 * What is done to pictures at random before a network learns from them, beside mirroring: in this order crop, shift, colours, RandAugment,
 * erasing.
 *
 * @param crop the smallest share of the area that a {@link RandomResizedCrop} keeps, above 0; 1 for none
 * @param shift pixels by which a picture is moved at most, up, down and sideways, zeros coming in; torchvision's {@code RandomCrop} with
 *     such a padding
 * @param jitter of colours
 * @param randAugment operations out of fourteen
 * @param erasing the probability that a rectangle is made grey, {@link RandomErasing}
 * @param repeats how often a batch holds each of its samples, every time changed otherwise (repeated augmentation, Hoffer et al. 2020)
 */
public record Augmentations(
        double crop, int shift, ColourJitter jitter, RandAugment randAugment, double erasing, int repeats) {
    /** Nothing is done. */
    public static final Augmentations NONE = new Augmentations(1, 0, ColourJitter.NONE, RandAugment.NONE, 0, 1);

    public Augmentations {
        Rule.require(crop > 0 && crop <= 1, "crop must be above 0 and at most 1", crop);
        Rule.require(shift >= 0 && shift <= 1024, "shift must be in 0..1024", shift);
        Rule.require(erasing >= 0 && erasing <= 1, "erasing must be in 0..1", erasing);
        Rule.require(repeats >= 1 && repeats <= 1000, "repeats must be in 1..1000", repeats);
        Rule.require(jitter != null && randAugment != null, "jitter and randAugment must be there", null);
    }

    /** Whether parts of pictures are chosen here, so that nobody else has to. */
    public boolean crops() {
        return crop < 1;
    }

    /** A part of a picture at another size, if {@link #crops}. */
    public Picture cropped(Picture picture, int size, Rng rng) {
        RandomResizedCrop.Part part = new RandomResizedCrop(crop, 1).part(picture.width(), picture.height(), rng);
        Picture cut = Images.crop(picture, part.left(), part.top(), part.width(), part.height());
        return Resize.to(cut, size, size, Resize.Filter.BILINEAR);
    }

    /** A picture that is of its final size, changed by everything else. */
    public Picture apply(Picture picture, Rng rng) {
        Picture changed = shift == 0 ? picture : shifted(picture, rng.fork(1));
        changed = jitter.apply(changed, rng.fork(2));
        changed = randAugment.apply(changed, rng.fork(3));
        return erasing == 0 ? changed : new RandomErasing(erasing).apply(changed, rng.fork(4));
    }

    private Picture shifted(Picture picture, Rng rng) {
        int right = rng.nextInt(2 * shift + 1) - shift, down = rng.nextInt(2 * shift + 1) - shift;
        return Warps.moved(picture, right, down);
    }
}
