package dev.calotype.experiment.offer;

import dev.calotype.image.HoleMask;
import dev.calotype.image.Picture;
import java.util.Optional;

/**
 * The picture that drawing begins with.
 *
 * @param picture of any size
 * @param hole what of it is drawn anew, while the rest stays to the bit; empty for all of it
 * @param strength how much is drawn anew, 0..1: the part of the steps that are taken, 1 for all
 */
public record GivenPicture(Picture picture, Optional<HoleMask> hole, double strength) {
    public GivenPicture {
        if (!(strength >= 0 && strength <= 1))
            throw new IllegalArgumentException("strength must be in 0..1: " + strength);
        hole.ifPresent(marked -> {
            if (marked.missing().width() != picture.width() || marked.missing().height() != picture.height())
                throw new IllegalArgumentException(
                        "the mask must have the size of the picture, " + picture.width() + " x "
                                + picture.height() + ": " + marked.missing().width() + " x "
                                + marked.missing().height());
        });
    }
}
